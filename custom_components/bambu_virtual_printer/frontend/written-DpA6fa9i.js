import{A as e,D as t,E as n,M as r,N as i,O as a,V as o,W as s,d as c,f as l,g as u,h as d,m as f,n as p,r as m,s as h,t as g,z as _}from"./shared-Cf59A094.js";import{t as v}from"./element-D7VthzkS.js";import"./dialog-B4gFl2dp.js";import{t as y}from"./form-B4L8gBfp.js";import{a as b,c as x,d as S,f as C,h as w,i as T,l as E,m as D,p as O,r as k,s as A,u as j}from"./sender-CUGF9Hyy.js";import{r as M}from"./links-L-Eri7la.js";var N=300,P=e=>e?new Date(e).getTime():0,F=class extends v{constructor(...e){super(...e),this.targets=[],this.problem=``,this.busy=!1,this.plates=new Set,this.target=``,this.copies=1,this.when=`now`,this.notBefore=``,this.due=``,this.timing=x(null),this.next=!1,this.options={},this.rule=`printer`,this.anyway=!1,this.filaments=[],this.seeded=!1,this.asked=``,this.asking=0}static{this.styles=[c,y,d,h,s`
.plates{display: grid;grid-template-columns: repeat(auto-fill,minmax(104px,1fr));gap: 8px;}.plate{display: grid;gap: 4px;padding: 4px;border: 2px solid var(--divider-color);border-radius: var(--ha-border-radius-md,8px);cursor: pointer;}.plate:has(input:checked){border-color: var(--primary-color);}.plate span{display: flex;align-items: center;gap: 6px;}.copies{display: flex;align-items: center;gap: 8px;}.copies input{width: 72px;text-align: center;}.filaments{display: grid;gap: 8px;}.filaments li{display: flex;flex-wrap: wrap;gap: 4px 16px;}.sum{flex: 1 0 100%;font-weight: var(--ha-font-weight-medium,500);}`]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.asking)}willUpdate(){if(!this.seeded){this.seeded=!0;let e=this.subject.plan;this.target=e?.target??this.suggestedTarget(),this.copies=e?.copies??1,this.when=e?.not_before?`later`:e?.hold?`hold`:`now`,this.notBefore=E(e?.not_before??null),this.due=E(e?.due??null),this.next=e?.priority===`high`,this.options={...e?.options??{}},this.rule=e?.filament_rule??`printer`,this.anyway=e?.print_anyway??!1,this.timing=x(e)}let e=this.printable.map(e=>e.number);if(e.length&&![...this.plates].some(t=>e.includes(t))){let t=this.subject.plan?.plates??[];this.plates=new Set(t.length?t:e)}this.look()}look(){let{file:e,only:t}=this.subject;if(!e)return;let n={target:this.target,copies:this.copies,plates:t??(this.printable.length>1?[...this.plates].sort((e,t)=>e-t):[]),filament_rule:this.rule,print_anyway:this.anyway},r=JSON.stringify(n);if(r===this.asked)return;let i=this.asked?N:0;this.asked=r,clearTimeout(this.asking),this.asking=window.setTimeout(()=>{this.app.api.spools(e,{...n,plates:[...n.plates]}).then(({filaments:e})=>{r===this.asked&&(this.filaments=e)},()=>void 0)},i)}suggestedTarget(){let e=this.targets.filter(e=>g(this.subject.sliced_for,e));return(e.find(e=>e.kind===`model`)??e[0])?.id??`none`}get printable(){return this.subject.plates.filter(e=>e.printable)}get fields(){let e=this.printable.map(e=>e.number),t=e.every(e=>this.plates.has(e));return{target:this.target,copies:this.copies,hold:this.when===`hold`,priority:this.next?`high`:`normal`,not_before:this.when===`later`?S(this.notBefore):null,due:S(this.due),filament_rule:this.rule,print_anyway:this.anyway,...b(x(this.subject.plan),this.timing),...e.length&&!t?{plates:e.filter(e=>this.plates.has(e))}:{},...Object.keys(this.options).length?{options:this.options}:{}}}toggle(e,t){let n=new Set(this.plates);t?n.add(e):n.delete(e),n.size?this.plates=n:this.requestUpdate()}platesPart(){let e=this.printable;if(e.length<2)return _;let{format:t}=this.app;return o`<fieldset>
<legend>${this.t(`queue_dialog.plates`)}</legend>
<div class="plates">
${e.map(e=>o`<label class="plate">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<span
><input
type="checkbox"
.checked=${this.plates.has(e.number)}
aria-label=${this.t(`plate.of`,{plate:e.number,name:e.name||this.subject.name})}
@change=${t=>this.toggle(e.number,t.target.checked)}
/>${e.print_time_s?t.duration(e.print_time_s):e.number}</span
>
</label>`)}
</div>
</fieldset>`}targetsPart(){let e=(e,t,n)=>o`<label class="choice" aria-disabled=${!n}>
<input
type="radio"
name="target"
.checked=${this.target===e}
?disabled=${!n}
@change=${()=>this.target=e}
/>
<span
>${t}${n?_:o`<br /><span class="small"
>${this.t(`queue_dialog.sliced_for`,{model:p(this.subject.sliced_for)})}</span
>`}</span
>
</label>`;return o`<fieldset>
<legend>${this.t(`queue_dialog.target`)}</legend>
${this.targets.map(t=>e(t.id,m(this.app,this.targets,t.id),g(this.subject.sliced_for,t)))}
${e(`none`,this.t(`target.later`),!0)}
</fieldset>`}filamentsPart(){return this.filaments.length?o`<div class="field">
<span class="label">${this.t(`spools.needed`)}</span>
${w(this.app,this.filaments,this.realPrinters.length>0)}
</div>`:_}get realPrinters(){return this.app.store.state.printers.filter(e=>e.kind===`real`&&[e.id,e.model_code].includes(this.target))}copiesPart(){let e=e=>this.copies=Math.min(999,Math.max(1,e||1));return o`<div class="field">
<label for="copies">${this.t(`queue_dialog.copies`)}</label>
<span class="copies">
${r({label:this.t(`queue_dialog.fewer`),icon:`mdi:minus`,disabled:this.copies<=1,onClick:()=>e(this.copies-1)})}
<input
id="copies"
type="number"
min="1"
max="999"
.value=${String(this.copies)}
@change=${t=>e(Number(t.target.value))}
/>
${r({label:this.t(`queue_dialog.more`),icon:`mdi:plus`,onClick:()=>e(this.copies+1)})}
</span>
</div>`}whenPart(){let e=e=>o`<button
type="button"
class="choose"
aria-pressed=${this.when===e}
@click=${()=>this.when=e}
>
${this.t(`queue_dialog.when_${e}`)}
</button>`,t=e=>o`<button
type="button"
class="choose"
aria-pressed=${this.next===e}
@click=${()=>this.next=e}
>
${this.t(e?`queue_dialog.place_next`:`queue_dialog.place_end`)}
</button>`;return o`<fieldset>
<legend>${this.t(`queue_dialog.when`)}</legend>
<div class="chips">${e(`now`)} ${e(`hold`)} ${e(`later`)}</div>
${this.when===`later`?C(this.app,{id:`not-before`,label:this.t(`queue.not_before`),value:this.notBefore,before:this.planned.notBefore,set:e=>this.notBefore=e}):_}
</fieldset>
<fieldset>
<legend>${this.t(`queue_dialog.place`)}</legend>
<div class="chips">${t(!1)} ${t(!0)}</div>
</fieldset>`}optionsPart(){return o`<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
${D(this.app,this.options,e=>{this.options=e})}
${O(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
</details>`}timingPart(){let{planned:e}=this,t=e.due!==``||!k(e.timing,x(null));return o`<details ?open=${t}>
<summary>${this.t(`queue_dialog.timing`)}</summary>
${C(this.app,{id:`due`,label:this.t(`queue_dialog.due`),value:this.due,before:e.due,set:e=>this.due=e})}
${A(this.app,this.timing,e=>{this.timing=e},e.timing)}
</details>`}get planned(){let{plan:e}=this.subject;return{notBefore:E(e?.not_before??null),due:E(e?.due??null),timing:x(e)}}get isOver(){let{planned:e}=this;return this.when===`later`&&j(this.notBefore,e.notBefore)||j(this.due,e.due)||T(e.timing,this.timing)}get jobs(){return Math.max(1,this.printable.filter(e=>this.plates.has(e.number)).length)}begin(){if(this.when===`hold`||this.target===`none`)return null;let{forecast:e}=this.app.store.state,t=this.realPrinters.map(t=>e.free_from[t.id]),n=t.length?t.map(P):[P(e.free_from[this.target])],r=this.when===`later`&&this.notBefore?P(this.notBefore):0;return Math.max(Date.now(),Math.min(...n),r)}sum(){let{format:e}=this.app,t=this.printable.filter(e=>this.plates.has(e.number)),n=e=>(t.length?t.reduce((t,n)=>t+(n[e]??0),0):this.subject[e]??0)*this.copies,r=this.printable.reduce((e,t)=>e+(t.filament_g??0),0),i=r&&t.length?n(`filament_g`)/this.copies/r:1,a=n(`print_time_s`),o=a?this.begin():null;return[this.t(`queue_dialog.jobs`,{count:this.jobs}),a?e.duration(a):``,n(`filament_g`)?e.weight(n(`filament_g`)):``,this.subject.cost?e.money(this.subject.cost*i*this.copies):``,o===null?``:this.t(`queue.ends_at`,{time:e.moment(new Date(o+a*1e3))})].filter(Boolean).join(` · `)}render(){let t=this.subject.not_queueable,n=this.problem||(t?this.app.say(t):``);return o`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue_dialog.title`,{name:this.subject.name})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.platesPart()} ${this.targetsPart()} ${this.filamentsPart()} ${this.copiesPart()}
${this.whenPart()}
${this.timingPart()} ${this.optionsPart()}
${n?o`<span slot="actions" class="problem" role="alert">${n}</span>`:_}
<span slot="actions" class="sum">${this.sum()}</span>
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e({label:this.t(`queue_dialog.queue`,{count:this.jobs}),look:`primary`,disabled:this.isOver||this.busy||!!t,onClick:()=>this.dispatchEvent(new CustomEvent(`queue`,{detail:this.fields}))})}
</span>
</bvp-dialog>`}};u([t({attribute:!1})],F.prototype,`subject`,void 0),u([t({attribute:!1})],F.prototype,`targets`,void 0),u([t()],F.prototype,`problem`,void 0),u([t({type:Boolean})],F.prototype,`busy`,void 0),u([n()],F.prototype,`plates`,void 0),u([n()],F.prototype,`target`,void 0),u([n()],F.prototype,`copies`,void 0),u([n()],F.prototype,`when`,void 0),u([n()],F.prototype,`notBefore`,void 0),u([n()],F.prototype,`due`,void 0),u([n()],F.prototype,`timing`,void 0),u([n()],F.prototype,`next`,void 0),u([n()],F.prototype,`options`,void 0),u([n()],F.prototype,`rule`,void 0),u([n()],F.prototype,`anyway`,void 0),u([n()],F.prototype,`filaments`,void 0),F=u([a(`bvp-queue-dialog`)],F);function I(e,t){let{format:n}=e;return o`${f(`mdi:clock-outline`,e.t(`fact.time`),t.print_time_s===null?null:n.duration(t.print_time_s))}
${f(`mdi:weight`,e.t(`fact.weight`),t.filament_g===null?null:n.weight(t.filament_g))}`}function L(e,t,n){let{format:r}=e;return o`${I(e,t)}
${f(`mdi:cash`,e.t(`fact.cost`),t.cost===null?null:r.money(t.cost))}
${f(`mdi:layers-outline`,e.t(`fact.plates_name`),e.t(`fact.plates`,{count:t.plate_count}))}
${f(`mdi:arrow-collapse-down`,e.t(`fact.layer_height`),n?.layer_height_mm?e.t(`fact.millimetres`,{millimetres:n.layer_height_mm}):null)}
${f(`mdi:file-outline`,e.t(`fact.size`),r.bytes(t.size_bytes))}`}var R=class extends v{static{this.styles=[c,y]}save(){let e=e=>this.renderRoot.querySelector(`#${e}`).value.trim(),t={name:e(`name`),notes:e(`notes`),project:e(`project`),link:e(`link`),tags:e(`tags`).split(`,`).map(e=>e.trim()).filter(Boolean)},n=this.item,r=Object.fromEntries(Object.entries(t).filter(([e,t])=>JSON.stringify(t)!==JSON.stringify(n[e])));this.dispatchEvent(new CustomEvent(`save`,{detail:r}))}firstUpdated(){requestAnimationFrame(()=>this.renderRoot.querySelector(`#notes`)?.focus())}render(){let{item:t}=this,n=(e,n=`text`)=>o`<div class="field">
<label for=${e}>${this.t(`notes.${e}`)}</label>
<input id=${e} type=${n} .value=${t[e]} maxlength="2000" />
</div>`;return o`<bvp-dialog
.app=${this.app}
.heading=${this.t(`notes.title`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${n(`name`)}
<div class="field">
<label for="notes">${this.t(`notes.notes`)}</label>
<textarea id="notes" rows="4" .value=${t.notes}></textarea>
</div>
<div class="field">
<label for="tags">${this.t(`notes.tags`)}</label>
<input id="tags" .value=${t.tags.join(`, `)} aria-describedby="tags-help" />
<span id="tags-help" class="small secondary">${this.t(`notes.tags_help`)}</span>
</div>
${n(`project`)} ${n(`link`,`url`)}
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e({label:this.t(`common.save`),look:`primary`,onClick:()=>this.save()})}
</span>
</bvp-dialog>`}};u([t({attribute:!1})],R.prototype,`item`,void 0),R=u([a(`bvp-notes-dialog`)],R);var z=class extends v{constructor(...e){super(...e),this.cover=null,this.name=``,this.plates=[],this.at=0}static{this.styles=[c,s`
:host{display: block;}.well{position: relative;}bvp-picture{aspect-ratio: auto;height: var(--bvp-plates-height,320px);--bvp-picture-radius: var(--ha-border-radius-lg,12px);}.step{position: absolute;top: calc(50% - 22px);border-radius: 50%;background: var(--card-background-color);}.back{inset-inline-start: 8px;}.on{inset-inline-end: 8px;}.caption{padding-top: 8px;color: var(--secondary-text-color);text-align: center;}`]}willUpdate(e){(e.has(`name`)||this.at>=this.plates.length)&&(this.at=0)}step(e){let t=this.plates.length;this.at=(this.at+e+t)%t}describe(e){let{format:t}=this.app,n=this.t(`plate.of`,{plate:e.number,name:e.name||this.name});return e.objects.length?`${n}: ${t.list(e.objects.slice(0,5))}`:n}render(){let e=this.plates[this.at],t=this.plates.length>1,{format:n}=this.app;return o`<div class="well">
<bvp-picture
eager
.src=${(e?e.picture:null)??this.cover}
.alt=${e?this.describe(e):this.name}
></bvp-picture>
${t?o`<span class="step back"
>${r({label:this.t(`plate.previous`),icon:`mdi:chevron-left`,onClick:()=>this.step(-1)})}</span
><span class="step on"
>${r({label:this.t(`plate.next`),icon:`mdi:chevron-right`,onClick:()=>this.step(1)})}</span
>`:_}
</div>
${t&&e?o`<p class="caption">
${[this.t(`plate.number`,{plate:e.number,plates:this.plates.length}),e.name,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``].filter(Boolean).join(` · `)}
</p>`:_}`}};u([t({attribute:!1})],z.prototype,`cover`,void 0),u([t()],z.prototype,`name`,void 0),u([t({attribute:!1})],z.prototype,`plates`,void 0),u([n()],z.prototype,`at`,void 0),z=u([a(`bvp-plates`)],z);var B=s`
.notes{overflow-wrap: anywhere;}.notes.plain{white-space: pre-wrap;}`;function V(e){let{notes:t,project:n,tags:r,link:a}=e;return o`${t?i(t):_}
${r.length||n?o`<p class="facts">
${n?l(`mdi:folder-outline`,n):_}
${r.map(e=>l(`mdi:tag-outline`,e))}
</p>`:_}
${M(a)?o`<p>
<a href=${a} target="_blank" rel="noreferrer noopener">${a}</a>
</p>`:_}`}export{I as i,B as n,L as r,V as t};