import{A as e,D as t,E as n,H as r,L as i,M as a,O as o,d as s,g as c,m as l,n as u,r as d,t as f,z as p}from"./shared-BFhIT7mv.js";import{t as m}from"./element-D271PFGM.js";import"./dialog-BfpsXnX1.js";import{t as h}from"./form-D0_XY3rb.js";import{a as g,c as _,d as v,f as y,i as b,l as x,m as S,p as C,r as w,s as T,u as E}from"./sender-CYUCE5Uo.js";var D=e=>e?new Date(e).getTime():0,O=class extends m{constructor(...e){super(...e),this.targets=[],this.plates=new Set,this.target=``,this.copies=1,this.when=`now`,this.notBefore=``,this.due=``,this.timing=_(null),this.next=!1,this.options={},this.rule=`printer`,this.anyway=!1,this.seeded=!1}static{this.styles=[s,h,r`
.plates{display: grid;grid-template-columns: repeat(auto-fill,minmax(104px,1fr));gap: 8px;}.plate{display: grid;gap: 4px;padding: 4px;border: 2px solid var(--divider-color);border-radius: var(--ha-border-radius-md,8px);cursor: pointer;}.plate:has(input:checked){border-color: var(--primary-color);}.plate span{display: flex;align-items: center;gap: 6px;}.copies{display: flex;align-items: center;gap: 8px;}.copies input{width: 72px;text-align: center;}.sum{flex: 1 0 100%;font-weight: var(--ha-font-weight-medium,500);}`]}willUpdate(){if(!this.seeded){this.seeded=!0;let e=this.subject.plan;this.target=e?.target??this.suggestedTarget(),this.copies=e?.copies??1,this.when=e?.not_before?`later`:e?.hold?`hold`:`now`,this.notBefore=x(e?.not_before??null),this.due=x(e?.due??null),this.next=e?.priority===`high`,this.options={...e?.options??{}},this.rule=e?.filament_rule??`printer`,this.anyway=e?.print_anyway??!1,this.timing=_(e)}let e=this.printable.map(e=>e.number);if(e.length&&![...this.plates].some(t=>e.includes(t))){let t=this.subject.plan?.plates??[];this.plates=new Set(t.length?t:e)}}suggestedTarget(){let e=this.targets.filter(e=>f(this.subject.sliced_for,e));return(e.find(e=>e.kind===`model`)??e[0])?.id??`none`}get printable(){return this.subject.plates.filter(e=>e.printable)}get fields(){let e=this.printable.map(e=>e.number),t=e.every(e=>this.plates.has(e));return{target:this.target,copies:this.copies,hold:this.when===`hold`,priority:this.next?`high`:`normal`,not_before:this.when===`later`?v(this.notBefore):null,due:v(this.due),filament_rule:this.rule,print_anyway:this.anyway,...g(_(this.subject.plan),this.timing),...e.length&&!t?{plates:e.filter(e=>this.plates.has(e))}:{},...Object.keys(this.options).length?{options:this.options}:{}}}toggle(e,t){let n=new Set(this.plates);t?n.add(e):n.delete(e),n.size?this.plates=n:this.requestUpdate()}platesPart(){let e=this.printable;if(e.length<2)return i;let{format:t}=this.app;return p`<fieldset>
<legend>${this.t(`queue_dialog.plates`)}</legend>
<div class="plates">
${e.map(e=>p`<label class="plate">
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
</fieldset>`}targetsPart(){let e=(e,t,n)=>p`<label class="choice" aria-disabled=${!n}>
<input
type="radio"
name="target"
.checked=${this.target===e}
?disabled=${!n}
@change=${()=>this.target=e}
/>
<span
>${t}${n?i:p`<br /><span class="small"
>${this.t(`queue_dialog.sliced_for`,{model:u(this.subject.sliced_for)})}</span
>`}</span
>
</label>`;return p`<fieldset>
<legend>${this.t(`queue_dialog.target`)}</legend>
${this.targets.map(t=>e(t.id,d(this.app,this.targets,t.id),f(this.subject.sliced_for,t)))}
${e(`none`,this.t(`target.later`),!0)}
</fieldset>`}copiesPart(){let e=e=>this.copies=Math.min(999,Math.max(1,e||1));return p`<div class="field">
<label for="copies">${this.t(`queue_dialog.copies`)}</label>
<span class="copies">
${a({label:this.t(`queue_dialog.fewer`),icon:`mdi:minus`,disabled:this.copies<=1,onClick:()=>e(this.copies-1)})}
<input
id="copies"
type="number"
min="1"
max="999"
.value=${String(this.copies)}
@change=${t=>e(Number(t.target.value))}
/>
${a({label:this.t(`queue_dialog.more`),icon:`mdi:plus`,onClick:()=>e(this.copies+1)})}
</span>
</div>`}whenPart(){let e=e=>p`<button
type="button"
class="choose"
aria-pressed=${this.when===e}
@click=${()=>this.when=e}
>
${this.t(`queue_dialog.when_${e}`)}
</button>`,t=e=>p`<button
type="button"
class="choose"
aria-pressed=${this.next===e}
@click=${()=>this.next=e}
>
${this.t(e?`queue_dialog.place_next`:`queue_dialog.place_end`)}
</button>`;return p`<fieldset>
<legend>${this.t(`queue_dialog.when`)}</legend>
<div class="chips">${e(`now`)} ${e(`hold`)} ${e(`later`)}</div>
${this.when===`later`?y(this.app,{id:`not-before`,label:this.t(`queue.not_before`),value:this.notBefore,before:this.planned.notBefore,set:e=>this.notBefore=e}):i}
</fieldset>
<fieldset>
<legend>${this.t(`queue_dialog.place`)}</legend>
<div class="chips">${t(!1)} ${t(!0)}</div>
</fieldset>`}optionsPart(){return p`<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
${S(this.app,this.options,e=>{this.options=e})}
${C(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
</details>`}timingPart(){let{planned:e}=this,t=e.due!==``||!w(e.timing,_(null));return p`<details ?open=${t}>
<summary>${this.t(`queue_dialog.timing`)}</summary>
${y(this.app,{id:`due`,label:this.t(`queue_dialog.due`),value:this.due,before:e.due,set:e=>this.due=e})}
${T(this.app,this.timing,e=>{this.timing=e},e.timing)}
</details>`}get planned(){let{plan:e}=this.subject;return{notBefore:x(e?.not_before??null),due:x(e?.due??null),timing:_(e)}}get isOver(){let{planned:e}=this;return this.when===`later`&&E(this.notBefore,e.notBefore)||E(this.due,e.due)||b(e.timing,this.timing)}get jobs(){return Math.max(1,this.printable.filter(e=>this.plates.has(e.number)).length)}begin(){if(this.when===`hold`||this.target===`none`)return null;let{forecast:e,printers:t}=this.app.store.state,n=t.filter(e=>e.kind===`real`&&[e.id,e.model_code].includes(this.target)).map(t=>e.free_from[t.id]),r=n.length?n.map(D):[D(e.free_from[this.target])],i=this.when===`later`&&this.notBefore?D(this.notBefore):0;return Math.max(Date.now(),Math.min(...r),i)}sum(){let{format:e}=this.app,t=this.printable.filter(e=>this.plates.has(e.number)),n=e=>(t.length?t.reduce((t,n)=>t+(n[e]??0),0):this.subject[e]??0)*this.copies,r=this.printable.reduce((e,t)=>e+(t.filament_g??0),0),i=r&&t.length?n(`filament_g`)/this.copies/r:1,a=n(`print_time_s`),o=a?this.begin():null;return[this.t(`queue_dialog.jobs`,{count:this.jobs}),a?e.duration(a):``,n(`filament_g`)?e.weight(n(`filament_g`)):``,this.subject.cost?e.money(this.subject.cost*i*this.copies):``,o===null?``:this.t(`queue.ends_at`,{time:e.moment(new Date(o+a*1e3))})].filter(Boolean).join(` · `)}render(){return p`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue_dialog.title`,{name:this.subject.name})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.platesPart()} ${this.targetsPart()} ${this.copiesPart()} ${this.whenPart()}
${this.timingPart()} ${this.optionsPart()}
<span slot="actions" class="sum">${this.sum()}</span>
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e({label:this.t(`queue_dialog.queue`,{count:this.jobs}),look:`primary`,disabled:this.isOver,onClick:()=>this.dispatchEvent(new CustomEvent(`queue`,{detail:this.fields}))})}
</span>
</bvp-dialog>`}};c([t({attribute:!1})],O.prototype,`subject`,void 0),c([t({attribute:!1})],O.prototype,`targets`,void 0),c([n()],O.prototype,`plates`,void 0),c([n()],O.prototype,`target`,void 0),c([n()],O.prototype,`copies`,void 0),c([n()],O.prototype,`when`,void 0),c([n()],O.prototype,`notBefore`,void 0),c([n()],O.prototype,`due`,void 0),c([n()],O.prototype,`timing`,void 0),c([n()],O.prototype,`next`,void 0),c([n()],O.prototype,`options`,void 0),c([n()],O.prototype,`rule`,void 0),c([n()],O.prototype,`anyway`,void 0),O=c([o(`bvp-queue-dialog`)],O);function k(e,t){let{format:n}=e;return p`${l(`mdi:clock-outline`,e.t(`fact.time`),t.print_time_s===null?null:n.duration(t.print_time_s))}
${l(`mdi:weight`,e.t(`fact.weight`),t.filament_g===null?null:n.weight(t.filament_g))}`}function A(e,t,n){let{format:r}=e;return p`${k(e,t)}
${l(`mdi:cash`,e.t(`fact.cost`),t.cost===null?null:r.money(t.cost))}
${l(`mdi:layers-outline`,e.t(`fact.plates_name`),e.t(`fact.plates`,{count:t.plate_count}))}
${l(`mdi:arrow-collapse-down`,e.t(`fact.layer_height`),n?.layer_height_mm?e.t(`fact.millimetres`,{millimetres:n.layer_height_mm}):null)}
${l(`mdi:file-outline`,e.t(`fact.size`),r.bytes(t.size_bytes))}`}var j=class extends m{static{this.styles=[s,h]}save(){let e=e=>this.renderRoot.querySelector(`#${e}`).value.trim(),t={name:e(`name`),notes:e(`notes`),project:e(`project`),link:e(`link`),tags:e(`tags`).split(`,`).map(e=>e.trim()).filter(Boolean)},n=this.item,r=Object.fromEntries(Object.entries(t).filter(([e,t])=>JSON.stringify(t)!==JSON.stringify(n[e])));this.dispatchEvent(new CustomEvent(`save`,{detail:r}))}firstUpdated(){requestAnimationFrame(()=>this.renderRoot.querySelector(`#notes`)?.focus())}render(){let{item:t}=this,n=(e,n=`text`)=>p`<div class="field">
<label for=${e}>${this.t(`notes.${e}`)}</label>
<input id=${e} type=${n} .value=${t[e]} maxlength="2000" />
</div>`;return p`<bvp-dialog
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
</bvp-dialog>`}};c([t({attribute:!1})],j.prototype,`item`,void 0),j=c([o(`bvp-notes-dialog`)],j);var M=class extends m{constructor(...e){super(...e),this.cover=null,this.name=``,this.plates=[],this.at=0}static{this.styles=[s,r`
:host{display: block;}.well{position: relative;}bvp-picture{aspect-ratio: auto;height: var(--bvp-plates-height,320px);--bvp-picture-radius: var(--ha-border-radius-lg,12px);}.step{position: absolute;top: calc(50% - 22px);border-radius: 50%;background: var(--card-background-color);}.back{inset-inline-start: 8px;}.on{inset-inline-end: 8px;}.caption{padding-top: 8px;color: var(--secondary-text-color);text-align: center;}`]}willUpdate(e){(e.has(`name`)||this.at>=this.plates.length)&&(this.at=0)}step(e){let t=this.plates.length;this.at=(this.at+e+t)%t}describe(e){let{format:t}=this.app,n=this.t(`plate.of`,{plate:e.number,name:e.name||this.name});return e.objects.length?`${n}: ${t.list(e.objects.slice(0,5))}`:n}render(){let e=this.plates[this.at],t=this.plates.length>1,{format:n}=this.app;return p`<div class="well">
<bvp-picture
eager
.src=${(e?e.picture:null)??this.cover}
.alt=${e?this.describe(e):this.name}
></bvp-picture>
${t?p`<span class="step back"
>${a({label:this.t(`plate.previous`),icon:`mdi:chevron-left`,onClick:()=>this.step(-1)})}</span
><span class="step on"
>${a({label:this.t(`plate.next`),icon:`mdi:chevron-right`,onClick:()=>this.step(1)})}</span
>`:i}
</div>
${t&&e?p`<p class="caption">
${[this.t(`plate.number`,{plate:e.number,plates:this.plates.length}),e.name,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``].filter(Boolean).join(` · `)}
</p>`:i}`}};c([t({attribute:!1})],M.prototype,`cover`,void 0),c([t()],M.prototype,`name`,void 0),c([t({attribute:!1})],M.prototype,`plates`,void 0),c([n()],M.prototype,`at`,void 0),M=c([o(`bvp-plates`)],M);export{k as n,A as t};