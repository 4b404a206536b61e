import{_ as e,f as t,i as n,n as r,u as i}from"./ha-Bk7M2UNj.js";import{t as a}from"./custom-element-DfQM5z2l.js";import{i as o,n as s,r as c,t as l}from"./styles-B4wwyW3R.js";import{s as u}from"./swatches-BHMzOL8x.js";import{t as d}from"./element-C3LT5yG6.js";import"./dialog-CtRm4UJF.js";import{t as f}from"./form-DEJ5fJue.js";import{a as p,c as m,d as h,i as g,l as _,o as v,r as y,s as b,u as x}from"./sender-CHeD2WJ8.js";var S=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],C=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`],w=class extends d{constructor(...e){super(...e),this.targets=[],this.plates=new Set,this.target=``,this.copies=1,this.when=`now`,this.notBefore=``,this.due=``,this.timing=p(null),this.next=!1,this.options={},this.rule=`printer`,this.anyway=!1,this.seeded=!1}static{this.styles=[l,f,e`
.plates{display: grid;grid-template-columns: repeat(auto-fill,minmax(104px,1fr));gap: 8px;}.plate{display: grid;gap: 4px;padding: 4px;border: 2px solid var(--divider-color);border-radius: var(--ha-border-radius-md,8px);cursor: pointer;}.plate:has(input:checked){border-color: var(--primary-color);}.plate span{display: flex;align-items: center;gap: 6px;}.copies{display: flex;align-items: center;gap: 8px;}.copies input{width: 72px;text-align: center;}.sum{flex: 1 0 100%;font-weight: var(--ha-font-weight-medium,500);}.options{display: grid;grid-template-columns: repeat(auto-fill,minmax(200px,1fr));gap: 0 16px;}`]}willUpdate(){if(!this.seeded){this.seeded=!0;let e=this.subject.plan;this.target=e?.target??this.suggestedTarget(),this.copies=e?.copies??1,this.when=e?.not_before?`later`:e?.hold?`hold`:`now`,this.notBefore=v(e?.not_before??null),this.due=v(e?.due??null),this.next=e?.priority===`high`,this.options={...e?.options??{}},this.rule=e?.filament_rule??`printer`,this.anyway=e?.print_anyway??!1,this.timing=p(e)}let e=this.printable.map(e=>e.number);if(e.length&&![...this.plates].some(t=>e.includes(t))){let t=this.subject.plan?.plates??[];this.plates=new Set(t.length?t:e)}}suggestedTarget(){let e=this.targets.filter(e=>_(this.subject.sliced_for,e));return(e.find(e=>e.kind===`model`)??e[0])?.id??`none`}get printable(){return this.subject.plates.filter(e=>e.printable)}get fields(){let e=this.printable.map(e=>e.number),t=e.every(e=>this.plates.has(e));return{target:this.target,copies:this.copies,hold:this.when===`hold`,priority:this.next?`high`:`normal`,not_before:this.when===`later`?b(this.notBefore):null,due:b(this.due),filament_rule:this.rule,print_anyway:this.anyway,...y(p(this.subject.plan),this.timing),...e.length&&!t?{plates:e.filter(e=>this.plates.has(e))}:{},...Object.keys(this.options).length?{options:this.options}:{}}}toggle(e,t){let n=new Set(this.plates);t?n.add(e):n.delete(e),n.size?this.plates=n:this.requestUpdate()}platesPart(){let e=this.printable;if(e.length<2)return i;let{format:n}=this.app;return t`<fieldset>
<legend>${this.t(`queue_dialog.plates`)}</legend>
<div class="plates">
${e.map(e=>t`<label class="plate">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<span
><input
type="checkbox"
.checked=${this.plates.has(e.number)}
aria-label=${this.t(`plate.of`,{plate:e.number,name:e.name||this.subject.name})}
@change=${t=>this.toggle(e.number,t.target.checked)}
/>${e.print_time_s?n.duration(e.print_time_s):e.number}</span
>
</label>`)}
</div>
</fieldset>`}targetsPart(){let e=(e,n,r)=>t`<label class="choice" aria-disabled=${!r}>
<input
type="radio"
name="target"
.checked=${this.target===e}
?disabled=${!r}
@change=${()=>this.target=e}
/>
<span
>${n}${r?i:t`<br /><span class="small"
>${this.t(`queue_dialog.sliced_for`,{model:x(this.subject.sliced_for)})}</span
>`}</span
>
</label>`;return t`<fieldset>
<legend>${this.t(`queue_dialog.target`)}</legend>
${this.targets.map(t=>e(t.id,h(this.app,this.targets,t.id),_(this.subject.sliced_for,t)))}
${e(`none`,this.t(`target.later`),!0)}
</fieldset>`}copiesPart(){let e=e=>this.copies=Math.min(999,Math.max(1,e||1));return t`<div class="field">
<label for="copies">${this.t(`queue_dialog.copies`)}</label>
<span class="copies">
${n({label:this.t(`queue_dialog.fewer`),icon:`mdi:minus`,disabled:this.copies<=1,onClick:()=>e(this.copies-1)})}
<input
id="copies"
type="number"
min="1"
max="999"
.value=${String(this.copies)}
@change=${t=>e(Number(t.target.value))}
/>
${n({label:this.t(`queue_dialog.more`),icon:`mdi:plus`,onClick:()=>e(this.copies+1)})}
</span>
</div>`}whenPart(){let e=e=>t`<button
type="button"
class="choose"
aria-pressed=${this.when===e}
@click=${()=>this.when=e}
>
${this.t(`queue_dialog.when_${e}`)}
</button>`,n=e=>t`<button
type="button"
class="choose"
aria-pressed=${this.next===e}
@click=${()=>this.next=e}
>
${this.t(e?`queue_dialog.place_next`:`queue_dialog.place_end`)}
</button>`;return t`<fieldset>
<legend>${this.t(`queue_dialog.when`)}</legend>
<div class="chips">${e(`now`)} ${e(`hold`)} ${e(`later`)}</div>
${this.when===`later`?t`<input
type="datetime-local"
style="margin-top:8px"
aria-label=${this.t(`queue_dialog.when_later`)}
.value=${this.notBefore}
@input=${e=>this.notBefore=e.target.value}
/>`:i}
</fieldset>
<fieldset>
<legend>${this.t(`queue_dialog.place`)}</legend>
<div class="chips">${n(!1)} ${n(!0)}</div>
</fieldset>`}optionsPart(){let e=(e,n)=>t`<div class="field">
<label for=${e}>${this.t(`option.${e}`)}</label>
<select
id=${e}
@change=${t=>{let r=n[t.target.selectedIndex-1],i={...this.options};r?i[e]=r[1]:delete i[e],this.options=i}}
>
<option ?selected=${this.options[e]===void 0}>${this.t(`option.as_sliced`)}</option>
${n.map(([n,r])=>t`<option ?selected=${this.options[e]===r}>${n}</option>`)}
</select>
</div>`,n=this.t(`option.off`),r=this.t(`option.on`),i=this.t(`option.auto`);return t`<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
<div class="options">
${S.map(t=>e(t,[[n,!1],[r,!0]]))}
${C.map(t=>e(t,[[n,`off`],[r,`on`],[i,`auto`]]))}
</div>
${m(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
<div class="field">
<label for="due">${this.t(`queue_dialog.due`)}</label>
<input
id="due"
type="datetime-local"
.value=${this.due}
@input=${e=>this.due=e.target.value}
/>
</div>
${g(this.app,this.timing,e=>{this.timing=e})}
</details>`}get jobs(){return Math.max(1,this.printable.filter(e=>this.plates.has(e.number)).length)}sum(){let{format:e}=this.app,t=this.printable.filter(e=>this.plates.has(e.number)),n=e=>(t.length?t.reduce((t,n)=>t+(n[e]??0),0):this.subject[e]??0)*this.copies,r=this.printable.reduce((e,t)=>e+(t.filament_g??0),0),i=r&&t.length?n(`filament_g`)/this.copies/r:1;return[this.t(`queue_dialog.jobs`,{count:this.jobs}),n(`print_time_s`)?e.duration(n(`print_time_s`)):``,n(`filament_g`)?e.weight(n(`filament_g`)):``,this.subject.cost?e.money(this.subject.cost*i*this.copies):``].filter(Boolean).join(` · `)}render(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue_dialog.title`,{name:this.subject.name})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.platesPart()} ${this.targetsPart()} ${this.copiesPart()} ${this.whenPart()}
${this.optionsPart()}
<span slot="actions" class="sum">${this.sum()}</span>
<span slot="actions">
${r({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${r({label:this.t(`queue_dialog.queue`,{count:this.jobs}),look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`queue`,{detail:this.fields}))})}
</span>
</bvp-dialog>`}};s([o({attribute:!1})],w.prototype,`subject`,void 0),s([o({attribute:!1})],w.prototype,`targets`,void 0),s([c()],w.prototype,`plates`,void 0),s([c()],w.prototype,`target`,void 0),s([c()],w.prototype,`copies`,void 0),s([c()],w.prototype,`when`,void 0),s([c()],w.prototype,`notBefore`,void 0),s([c()],w.prototype,`due`,void 0),s([c()],w.prototype,`timing`,void 0),s([c()],w.prototype,`next`,void 0),s([c()],w.prototype,`options`,void 0),s([c()],w.prototype,`rule`,void 0),s([c()],w.prototype,`anyway`,void 0),w=s([a(`bvp-queue-dialog`)],w);function T(e,n){let{format:r}=e;return t`${u(`mdi:clock-outline`,e.t(`fact.time`),n.print_time_s===null?null:r.duration(n.print_time_s))}
${u(`mdi:weight`,e.t(`fact.weight`),n.filament_g===null?null:r.weight(n.filament_g))}`}function E(e,n,r){let{format:i}=e;return t`${T(e,n)}
${u(`mdi:cash`,e.t(`fact.cost`),n.cost===null?null:i.money(n.cost))}
${u(`mdi:layers-outline`,e.t(`fact.plates_name`),e.t(`fact.plates`,{count:n.plate_count}))}
${u(`mdi:arrow-collapse-down`,e.t(`fact.layer_height`),r?.layer_height_mm?e.t(`fact.millimetres`,{millimetres:r.layer_height_mm}):null)}
${u(`mdi:file-outline`,e.t(`fact.size`),i.bytes(n.size_bytes))}`}var D=class extends d{static{this.styles=[l,f]}save(){let e=e=>this.renderRoot.querySelector(`#${e}`).value.trim(),t={name:e(`name`),notes:e(`notes`),project:e(`project`),link:e(`link`),tags:e(`tags`).split(`,`).map(e=>e.trim()).filter(Boolean)},n=this.item,r=Object.fromEntries(Object.entries(t).filter(([e,t])=>JSON.stringify(t)!==JSON.stringify(n[e])));this.dispatchEvent(new CustomEvent(`save`,{detail:r}))}firstUpdated(){requestAnimationFrame(()=>this.renderRoot.querySelector(`#notes`)?.focus())}render(){let{item:e}=this,n=(n,r=`text`)=>t`<div class="field">
<label for=${n}>${this.t(`notes.${n}`)}</label>
<input id=${n} type=${r} .value=${e[n]} maxlength="2000" />
</div>`;return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`notes.title`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${n(`name`)}
<div class="field">
<label for="notes">${this.t(`notes.notes`)}</label>
<textarea id="notes" rows="4" .value=${e.notes}></textarea>
</div>
<div class="field">
<label for="tags">${this.t(`notes.tags`)}</label>
<input id="tags" .value=${e.tags.join(`, `)} aria-describedby="tags-help" />
<span id="tags-help" class="small secondary">${this.t(`notes.tags_help`)}</span>
</div>
${n(`project`)} ${n(`link`,`url`)}
<span slot="actions">
${r({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${r({label:this.t(`common.save`),look:`primary`,onClick:()=>this.save()})}
</span>
</bvp-dialog>`}};s([o({attribute:!1})],D.prototype,`item`,void 0),D=s([a(`bvp-notes-dialog`)],D);var O=class extends d{constructor(...e){super(...e),this.cover=null,this.name=``,this.plates=[],this.at=0}static{this.styles=[l,e`
:host{display: block;}.well{position: relative;}bvp-picture{aspect-ratio: auto;height: var(--bvp-plates-height,320px);--bvp-picture-radius: var(--ha-border-radius-lg,12px);}.step{position: absolute;top: calc(50% - 22px);border-radius: 50%;background: var(--card-background-color);}.back{inset-inline-start: 8px;}.on{inset-inline-end: 8px;}.caption{padding-top: 8px;color: var(--secondary-text-color);text-align: center;}`]}willUpdate(e){(e.has(`name`)||this.at>=this.plates.length)&&(this.at=0)}step(e){let t=this.plates.length;this.at=(this.at+e+t)%t}describe(e){let{format:t}=this.app,n=this.t(`plate.of`,{plate:e.number,name:e.name||this.name});return e.objects.length?`${n}: ${t.list(e.objects.slice(0,5))}`:n}render(){let e=this.plates[this.at],r=this.plates.length>1,{format:a}=this.app;return t`<div class="well">
<bvp-picture
eager
.src=${(e?e.picture:null)??this.cover}
.alt=${e?this.describe(e):this.name}
></bvp-picture>
${r?t`<span class="step back"
>${n({label:this.t(`plate.previous`),icon:`mdi:chevron-left`,onClick:()=>this.step(-1)})}</span
><span class="step on"
>${n({label:this.t(`plate.next`),icon:`mdi:chevron-right`,onClick:()=>this.step(1)})}</span
>`:i}
</div>
${r&&e?t`<p class="caption">
${[this.t(`plate.number`,{plate:e.number,plates:this.plates.length}),e.name,e.print_time_s?a.duration(e.print_time_s):``,e.filament_g?a.weight(e.filament_g):``].filter(Boolean).join(` · `)}
</p>`:i}`}};s([o({attribute:!1})],O.prototype,`cover`,void 0),s([o()],O.prototype,`name`,void 0),s([o({attribute:!1})],O.prototype,`plates`,void 0),s([c()],O.prototype,`at`,void 0),O=s([a(`bvp-plates`)],O);export{T as n,E as t};