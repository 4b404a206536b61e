import{A as e,D as t,E as n,M as r,N as i,O as a,V as o,W as s,d as c,f as l,g as u,h as d,j as f,m as p,n as m,r as h,s as g,t as _,z as v}from"./shared-D5oqGH8r.js";import"./dialog-BezS413Q.js";import{t as y}from"./element-CmKutrvi.js";import{t as b}from"./form-BO8n8oQo.js";import{a as x,c as S,d as C,f as w,h as T,i as E,l as D,m as O,p as k,r as A,s as j,u as M}from"./sender-wv-lHzfO.js";import{r as N}from"./links-L-Eri7la.js";var P=6,F=s`
.left-out,.going{display: grid;gap: 8px;}.left-out li{display: grid;grid-template-columns: auto minmax(0,1fr);gap: 0 8px;overflow-wrap: anywhere;}.left-out li > .icon{color: var(--warning-color);}.going > li{display: grid;gap: 4px;overflow-wrap: anywhere;}.going .filaments{padding-inline-start: 16px;}summary.label{min-height: 32px;}`;function I(e,t,n,r){return t.flatMap(t=>{let i=n.get(t.id)?.not_queueable??t.not_queueable;return i?{file:t,why:e.say(i)}:r&&!_(t.sliced_for,r)?{file:t,why:e.t(`queue_dialog.sliced_for`,{model:m(t.sliced_for)})}:[]})}function L(e,t,n){let r=t.filter(e=>!_(e.sliced_for,n)),i=t.length-r.length;if(!r.length)return{fitting:i,why:``};let a=[...new Set(r.map(e=>m(e.sliced_for)))];return{fitting:i,why:i?e.t(`queue_dialog.some_sliced_for`,{count:r.length,models:e.format.list(a)}):e.t(`queue_dialog.sliced_for`,{model:e.format.list(a)})}}function R(e,t,n,r,i){return o`${n.length?o`<div class="field" role="group" aria-labelledby="left-out">
<span class="label" id="left-out"
>${e.t(`queue_dialog.left_out`,{count:n.length})}</span
>
<ul class="left-out">
${n.map(({file:e,why:t})=>o`<li>
${f(`mdi:playlist-remove`)}<span
><b>${e.name}</b><br /><span class="small">${t}</span></span
>
</li>`)}
</ul>
</div>`:v}
${t.length?o`<details ?open=${t.length<=P}>
<summary class="label">${e.t(`queue_dialog.going`,{count:t.length})}</summary>
<ul class="going">
${t.map(t=>o`<li>
${t.name}
${T(e,r.get(t.id)?.filaments??[],i)}
</li>`)}
</ul>
</details>`:v}`}var z=300,B=500,V=e=>e?new Date(e).getTime():0,H=class extends y{constructor(...e){super(...e),this.targets=[],this.problem=``,this.busy=!1,this.plates=new Set,this.target=``,this.copies=1,this.when=`now`,this.notBefore=``,this.due=``,this.timing=S(null),this.next=!1,this.options={},this.rule=`printer`,this.anyway=!1,this.filaments=[],this.known=new Map,this.failed=[],this.seeded=!1,this.asked=``,this.asking=0}static{this.styles=[c,b,d,g,F,s`
.plates{display: grid;grid-template-columns: repeat(auto-fill,minmax(104px,1fr));gap: 8px;}.plate{display: grid;gap: 4px;padding: 4px;border: 2px solid var(--divider-color);border-radius: var(--ha-border-radius-md,8px);cursor: pointer;}.plate:has(input:checked){border-color: var(--primary-color);}.plate span{display: flex;align-items: center;gap: 6px;}.copies{display: flex;align-items: center;gap: 8px;}.copies input{width: 72px;text-align: center;}.filaments{display: grid;gap: 8px;}.filaments li{display: flex;flex-wrap: wrap;gap: 4px 16px;}.sum{flex: 1 0 100%;font-weight: var(--ha-font-weight-medium,500);}`]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.asking)}willUpdate(){if(!this.seeded){this.seeded=!0;let e=this.subject.plan;this.target=e?.target??this.suggestedTarget(),this.copies=e?.copies??1,this.when=e?.not_before?`later`:e?.hold?`hold`:`now`,this.notBefore=D(e?.not_before??null),this.due=D(e?.due??null),this.next=e?.priority===`high`,this.options={...e?.options??{}},this.rule=e?.filament_rule??`printer`,this.anyway=e?.print_anyway??!1,this.timing=S(e)}let e=this.printable.map(e=>e.number);if(e.length&&![...this.plates].some(t=>e.includes(t))){let t=this.subject.plan?.plates??[];this.plates=new Set(t.length?t:e)}this.look()}look(){let{file:e,files:t,only:n}=this.subject,r=t&&t.slice(0,B);if(!e&&!r)return;let i={target:this.target,copies:this.copies,filament_rule:this.rule,print_anyway:this.anyway},a=n??(this.printable.length>1?[...this.plates].sort((e,t)=>e-t):[]),o=JSON.stringify([i,r?r.map(({id:e})=>e):a]);if(o===this.asked)return;let s=this.asked?z:0;this.asked=o,clearTimeout(this.asking),this.asking=window.setTimeout(()=>{let{api:t}=this.app;(r?this.lookAtSeveral(r,i):t.spools(e,{...i,plates:[...a]}).then(({filaments:e})=>()=>{this.filaments=e})).then(e=>{o===this.asked&&e()},()=>void 0)},s)}async lookAtSeveral(e,t){let n=e.map(({id:e})=>e),r=await this.app.api.spoolsOfSeveral(this.subject.of===`upload_ids`?{upload_ids:n}:{archive_ids:n},t);return()=>{this.known=new Map(r.files.map(e=>[e.id,e])),this.failed=r.failed.flatMap(({id:t,error:n})=>{let r=e.find(e=>e.id===t);return r?{file:r,why:this.app.sayError(n)}:[]})}}get leftOut(){let{files:e=[]}=this.subject,t=this.targets.find(e=>e.id===this.target),n=new Set(this.failed.map(({file:e})=>e.id)),r=e.filter(({id:e})=>!n.has(e));return[...this.failed.filter(({file:t})=>e.includes(t)),...I(this.app,r,this.known,t)]}get going(){let e=new Set(this.leftOut.map(({file:e})=>e.id));return(this.subject.files??[]).filter(({id:t})=>!e.has(t))}suggestedTarget(){let{files:e}=this.subject;if(e){let t=t=>e.filter(e=>_(e.sliced_for,t)).length,n=[...this.targets].sort((e,n)=>t(n)-t(e)||Number(n.kind===`model`)-Number(e.kind===`model`))[0];return n&&t(n)?n.id:`none`}let t=this.targets.filter(e=>_(this.subject.sliced_for,e));return(t.find(e=>e.kind===`model`)??t[0])?.id??`none`}get printable(){return this.subject.plates.filter(e=>e.printable)}get fields(){let e=this.printable.map(e=>e.number),t=e.every(e=>this.plates.has(e));return{target:this.target,copies:this.copies,hold:this.when===`hold`,priority:this.next?`high`:`normal`,not_before:this.when===`later`?C(this.notBefore):null,due:C(this.due),filament_rule:this.rule,print_anyway:this.anyway,...x(S(this.subject.plan),this.timing),...e.length&&!t?{plates:e.filter(e=>this.plates.has(e))}:{},...Object.keys(this.options).length?{options:this.options}:{}}}toggle(e,t){let n=new Set(this.plates);t?n.add(e):n.delete(e),n.size?this.plates=n:this.requestUpdate()}platesPart(){let e=this.printable;if(e.length<2)return v;let{format:t}=this.app;return o`<fieldset>
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
</fieldset>`}targetsPart(){let{files:e}=this.subject,t=(e,t,{fitting:n,why:r})=>o`<label class="choice" aria-disabled=${n===0}>
<input
type="radio"
name="target"
.checked=${this.target===e}
?disabled=${n===0}
@change=${()=>this.target=e}
/>
<span
>${t}${r?o`<br /><span class="small">${r}</span>`:v}</span
>
</label>`;return o`<fieldset>
<legend>${this.t(`queue_dialog.target`)}</legend>
${this.targets.map(n=>t(n.id,h(this.app,this.targets,n.id),L(this.app,e??[this.subject],n)))}
${t(`none`,this.t(`target.later`),{fitting:1,why:``})}
</fieldset>`}filamentsPart(){return this.subject.files?R(this.app,this.going,this.leftOut,this.known,this.realPrinters.length>0):this.filaments.length?o`<div class="field">
<span class="label">${this.t(`spools.needed`)}</span>
${T(this.app,this.filaments,this.realPrinters.length>0)}
</div>`:v}get realPrinters(){return this.app.store.state.printers.filter(e=>e.kind===`real`&&[e.id,e.model_code].includes(this.target))}copiesPart(){let e=e=>this.copies=Math.min(999,Math.max(1,e||1));return o`<div class="field">
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
${this.when===`later`?w(this.app,{id:`not-before`,label:this.t(`queue.not_before`),value:this.notBefore,before:this.planned.notBefore,set:e=>this.notBefore=e}):v}
</fieldset>
<fieldset>
<legend>${this.t(`queue_dialog.place`)}</legend>
<div class="chips">${t(!1)} ${t(!0)}</div>
</fieldset>`}optionsPart(){return o`<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
${O(this.app,this.options,e=>{this.options=e})}
${k(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
</details>`}timingPart(){let{planned:e}=this,t=e.due!==``||!A(e.timing,S(null));return o`<details ?open=${t}>
<summary>${this.t(`queue_dialog.timing`)}</summary>
${w(this.app,{id:`due`,label:this.t(`queue_dialog.due`),value:this.due,before:e.due,set:e=>this.due=e})}
${j(this.app,this.timing,e=>{this.timing=e},e.timing)}
</details>`}get planned(){let{plan:e}=this.subject;return{notBefore:D(e?.not_before??null),due:D(e?.due??null),timing:S(e)}}get isOver(){let{planned:e}=this;return this.when===`later`&&M(this.notBefore,e.notBefore)||M(this.due,e.due)||E(e.timing,this.timing)}get jobs(){return this.subject.files?this.going.reduce((e,t)=>e+Math.max(1,this.known.get(t.id)?.plates??t.plate_count),0):Math.max(1,this.printable.filter(e=>this.plates.has(e.number)).length)}begin(){if(this.when===`hold`||this.target===`none`)return null;let{forecast:e}=this.app.store.state,t=this.realPrinters.map(t=>e.free_from[t.id]),n=t.length?t.map(V):[V(e.free_from[this.target])],r=this.when===`later`&&this.notBefore?V(this.notBefore):0;return Math.max(Date.now(),Math.min(...n),r)}sum(){let{format:e}=this.app,{subject:t,going:n}=this,r=t.files?n:this.printable.filter(e=>this.plates.has(e.number)),i=e=>(r.length||t.files?r.reduce((t,n)=>t+(n[e]??0),0):t[e]??0)*this.copies,a=this.printable.reduce((e,t)=>e+(t.filament_g??0),0),o=a&&r.length?i(`filament_g`)/this.copies/a:1,s=t.files?n.reduce((e,t)=>e+(t.cost??0),0):(t.cost??0)*o,c=i(`print_time_s`),l=c?this.begin():null;return[this.t(`queue_dialog.jobs`,{count:this.jobs}),c?e.duration(c):``,i(`filament_g`)?e.weight(i(`filament_g`)):``,s?e.money(s*this.copies):``,l===null?``:this.t(`queue.ends_at`,{time:e.moment(new Date(l+c*1e3))})].filter(Boolean).join(` · `)}render(){let t=this.subject.not_queueable,n=this.problem||(t?this.app.say(t):``);return o`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue_dialog.title`,{name:this.subject.name})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.platesPart()} ${this.targetsPart()} ${this.filamentsPart()} ${this.copiesPart()}
${this.whenPart()}
${this.timingPart()} ${this.optionsPart()}
${n?o`<span slot="actions" class="problem" role="alert">${n}</span>`:v}
<span slot="actions" class="sum">${this.sum()}</span>
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e({label:this.t(`queue_dialog.queue`,{count:this.jobs}),look:`primary`,disabled:this.isOver||this.busy||!!t||this.jobs===0,onClick:()=>this.dispatchEvent(new CustomEvent(`queue`,{detail:{plan:this.fields,ids:this.going.map(({id:e})=>e)}}))})}
</span>
</bvp-dialog>`}};u([t({attribute:!1})],H.prototype,`subject`,void 0),u([t({attribute:!1})],H.prototype,`targets`,void 0),u([t()],H.prototype,`problem`,void 0),u([t({type:Boolean})],H.prototype,`busy`,void 0),u([n()],H.prototype,`plates`,void 0),u([n()],H.prototype,`target`,void 0),u([n()],H.prototype,`copies`,void 0),u([n()],H.prototype,`when`,void 0),u([n()],H.prototype,`notBefore`,void 0),u([n()],H.prototype,`due`,void 0),u([n()],H.prototype,`timing`,void 0),u([n()],H.prototype,`next`,void 0),u([n()],H.prototype,`options`,void 0),u([n()],H.prototype,`rule`,void 0),u([n()],H.prototype,`anyway`,void 0),u([n()],H.prototype,`filaments`,void 0),u([n()],H.prototype,`known`,void 0),u([n()],H.prototype,`failed`,void 0),H=u([a(`bvp-queue-dialog`)],H);function U(e,t){let{format:n}=e;return o`${p(`mdi:clock-outline`,e.t(`fact.time`),t.print_time_s===null?null:n.duration(t.print_time_s))}
${p(`mdi:weight`,e.t(`fact.weight`),t.filament_g===null?null:n.weight(t.filament_g))}`}function W(e,t,n){let{format:r}=e;return o`${U(e,t)}
${p(`mdi:cash`,e.t(`fact.cost`),t.cost===null?null:r.money(t.cost))}
${p(`mdi:layers-outline`,e.t(`fact.plates_name`),e.t(`fact.plates`,{count:t.plate_count}))}
${p(`mdi:arrow-collapse-down`,e.t(`fact.layer_height`),n?.layer_height_mm?e.t(`fact.millimetres`,{millimetres:n.layer_height_mm}):null)}
${p(`mdi:file-outline`,e.t(`fact.size`),r.bytes(t.size_bytes))}`}var G=class extends y{static{this.styles=[c,b]}save(){let e=e=>this.renderRoot.querySelector(`#${e}`).value.trim(),t={name:e(`name`),notes:e(`notes`),project:e(`project`),link:e(`link`),tags:e(`tags`).split(`,`).map(e=>e.trim()).filter(Boolean)},n=this.item,r=Object.fromEntries(Object.entries(t).filter(([e,t])=>JSON.stringify(t)!==JSON.stringify(n[e])));this.dispatchEvent(new CustomEvent(`save`,{detail:r}))}firstUpdated(){requestAnimationFrame(()=>this.renderRoot.querySelector(`#notes`)?.focus())}render(){let{item:t}=this,n=(e,n=`text`)=>o`<div class="field">
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
</bvp-dialog>`}};u([t({attribute:!1})],G.prototype,`item`,void 0),G=u([a(`bvp-notes-dialog`)],G);var K=class extends y{constructor(...e){super(...e),this.cover=null,this.name=``,this.plates=[],this.at=0}static{this.styles=[c,s`
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
>`:v}
</div>
${t&&e?o`<p class="caption">
${[this.t(`plate.number`,{plate:e.number,plates:this.plates.length}),e.name,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``].filter(Boolean).join(` · `)}
</p>`:v}`}};u([t({attribute:!1})],K.prototype,`cover`,void 0),u([t()],K.prototype,`name`,void 0),u([t({attribute:!1})],K.prototype,`plates`,void 0),u([n()],K.prototype,`at`,void 0),K=u([a(`bvp-plates`)],K);var q=s`
.notes{overflow-wrap: anywhere;}.notes.plain{white-space: pre-wrap;}`;function J(e){let{notes:t,project:n,tags:r,link:a}=e;return o`${t?i(t):v}
${r.length||n?o`<p class="facts">
${n?l(`mdi:folder-outline`,n):v}
${r.map(e=>l(`mdi:tag-outline`,e))}
</p>`:v}
${N(a)?o`<p>
<a href=${a} target="_blank" rel="noreferrer noopener">${a}</a>
</p>`:v}`}export{U as i,q as n,W as r,J as t};