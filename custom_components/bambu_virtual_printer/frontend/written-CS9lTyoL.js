import{$ as e,M as t,N as n,O as r,P as i,Q as a,Z as o,_ as s,a as c,ct as l,dt as u,et as d,g as f,h as p,i as m,l as h,m as g,o as _,ot as v,p as y,r as b,t as x}from"./shared-DPcjTYk3.js";import{a as S,b as ee,w as C,x as w}from"./parts-Cz-8z18p.js";import{a as T,c as E,d as D,l as O,n as k,o as A,r as j,s as M,t as N,u as P}from"./timing-fields-BoNFLKIp.js";var F=6,I=u`
.left-out,.going{display:grid;gap:8px}.left-out li{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 8px;overflow-wrap:anywhere}.left-out li > .icon{color:var(--warning-color)}.going{padding-bottom:16px}.going > li{display:grid;gap:4px;overflow-wrap:anywhere}.going .filaments{padding-inline-start:16px}summary.label{min-height:32px}`;function L(e,t,n,r){return t.flatMap(t=>{let i=n.get(t.id)?.not_queueable??t.not_queueable;return i?{file:t,why:e.say(i)}:r&&!b(t.sliced_for,r)?{file:t,why:e.t(`queue_dialog.sliced_for`,{model:m(t.sliced_for)})}:[]})}function R(e,t,n){let r=t.filter(e=>!b(e.sliced_for,n)),i=t.length-r.length;if(!r.length)return{fitting:i,why:``};let a=[...new Set(r.map(e=>m(e.sliced_for)))];return{fitting:i,why:i?e.t(`queue_dialog.some_sliced_for`,{count:r.length,models:e.format.list(a)}):e.t(`queue_dialog.sliced_for`,{model:e.format.list(a)})}}function z(e,t,n,r,i){return l`${n.length?l`<div class="field" role="group" aria-labelledby="left-out">
<span class="label" id="left-out"
>${e.t(`queue_dialog.left_out`,{count:n.length})}</span
>
<ul class="left-out">
${n.map(({file:e,why:t})=>l`<li>
${a(`mdi:playlist-remove`)}<span
><b>${e.name}</b><br /><span class="small">${t}</span></span
>
</li>`)}
</ul>
</div>`:v}
${t.length?l`<details ?open=${t.length<=F}>
<summary class="label">${e.t(`queue_dialog.going`,{count:t.length})}</summary>
<ul class="going">
${t.map(t=>l`<li>
${t.name}
${D(e,r.get(t.id)?.filaments??[],i)}
</li>`)}
</ul>
</details>`:v}`}var B=300,V=500,H=e=>e?new Date(e).getTime():0,U=class extends x{constructor(...e){super(...e),this.targets=[],this.problem=``,this.busy=!1,this.plates=new Set,this.target=``,this.copies=1,this.when=`now`,this.notBefore=``,this.due=``,this.timing=A(null),this.next=!1,this.options={},this.rule=`printer`,this.anyway=!1,this.filaments=[],this.known=new Map,this.failed=[],this.seeded=!1,this.asked=``,this.asking=0}static{this.styles=[y,C,w,s,h,I,u`
.plates{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:8px}.plate{display:grid;gap:4px;padding:4px;border:2px solid var(--divider-color);border-radius:var(--ha-border-radius-md,8px);cursor:pointer}.plate:has(input:checked){border-color:var(--primary-color)}.plate span{display:flex;align-items:center;gap:6px}.filaments{display:grid;gap:8px}.filaments li{display:flex;flex-wrap:wrap;gap:4px 16px}.sum{flex:1 0 100%;font-weight:var(--ha-font-weight-medium,500)}`]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.asking)}willUpdate(){if(!this.seeded){this.seeded=!0;let e=this.subject.plan;this.target=e?.target??this.suggestedTarget(),this.copies=e?.copies??1,this.when=e?.not_before?`later`:e?.hold?`hold`:`now`,Object.assign(this,this.planned),this.next=e?.priority===`high`,this.options={...e?.options??{}},this.rule=e?.filament_rule??`printer`,this.anyway=e?.print_anyway??!1}let e=this.printable.map(e=>e.number);if(e.length&&![...this.plates].some(t=>e.includes(t))){let t=this.subject.plan?.plates??[];this.plates=new Set(t.length?t:e)}this.look()}look(){let{file:e,files:t,only:n}=this.subject,r=t&&t.slice(0,V);if(!e&&!r)return;let i={target:this.target,copies:this.copies,filament_rule:this.rule,print_anyway:this.anyway},a=n??(this.printable.length>1?[...this.plates].sort((e,t)=>e-t):[]),o=JSON.stringify([i,r?r.map(({id:e})=>e):a]);if(o===this.asked)return;let s=this.asked?B:0;this.asked=o,clearTimeout(this.asking),this.asking=window.setTimeout(()=>{let{api:t}=this.app;(r?this.lookAtSeveral(r,i):t.spools(e,{...i,plates:[...a]}).then(({filaments:e})=>()=>{this.filaments=e})).then(e=>{o===this.asked&&e()},()=>void 0)},s)}async lookAtSeveral(e,t){let n=e.map(({id:e})=>e),r=await this.app.api.spoolsOfSeveral(this.subject.of===`upload_ids`?{upload_ids:n}:{archive_ids:n},t);return()=>{this.known=new Map(r.files.map(e=>[e.id,e])),this.failed=r.failed.flatMap(({id:t,error:n})=>{let r=e.find(e=>e.id===t);return r?{file:r,why:this.app.sayError(n)}:[]})}}get leftOut(){let{files:e=[]}=this.subject,t=this.targets.find(e=>e.id===this.target),n=new Set(this.failed.map(({file:e})=>e.id)),r=e.filter(({id:e})=>!n.has(e));return[...this.failed.filter(({file:t})=>e.includes(t)),...L(this.app,r,this.known,t)]}get going(){let e=new Set(this.leftOut.map(({file:e})=>e.id));return(this.subject.files??[]).filter(({id:t})=>!e.has(t))}suggestedTarget(){let{files:e}=this.subject;if(e){let t=t=>e.filter(e=>b(e.sliced_for,t)).length,n=[...this.targets].sort((e,n)=>t(n)-t(e)||Number(n.kind===`model`)-Number(e.kind===`model`))[0];return n&&t(n)?n.id:`none`}let t=this.targets.filter(e=>b(this.subject.sliced_for,e));return(t.find(e=>e.kind===`model`)??t[0])?.id??`none`}get printable(){return this.subject.plates.filter(e=>e.printable)}get fields(){let e=this.printable.map(e=>e.number),t=e.every(e=>this.plates.has(e));return{target:this.target,copies:this.copies,hold:this.when===`hold`,priority:this.next?`high`:`normal`,not_before:this.when===`later`?this.app.format.fromField(this.notBefore):null,due:this.app.format.fromField(this.due),filament_rule:this.rule,print_anyway:this.anyway,...j(this.app,this.planned.timing,this.timing),...e.length&&!t?{plates:e.filter(e=>this.plates.has(e))}:{},...Object.keys(this.options).length?{options:this.options}:{}}}toggle(e,t){let n=new Set(this.plates);t?n.add(e):n.delete(e),n.size?this.plates=n:this.requestUpdate()}platesPart(){let e=this.printable;if(e.length<2)return v;let{format:t}=this.app;return l`<fieldset>
<legend>${this.t(`queue_dialog.plates`)}</legend>
<div class="plates">
${e.map(e=>l`<label class="plate">
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
</fieldset>`}targetsPart(){let{files:e}=this.subject,t=(e,t,{fitting:n,why:r})=>l`<label class="choice" aria-disabled=${n===0}>
<input
type="radio"
name="target"
.checked=${this.target===e}
?disabled=${n===0}
@change=${()=>this.target=e}
/>
<span
>${t}${r?l`<br /><span class="small">${r}</span>`:v}</span
>
</label>`;return l`<fieldset>
<legend>${this.t(`queue_dialog.target`)}</legend>
${this.targets.map(n=>t(n.id,c(this.app,this.targets,n.id),R(this.app,e??[this.subject],n)))}
${t(`none`,this.t(`target.later`),{fitting:1,why:``})}
</fieldset>`}filamentsPart(){return this.subject.files?z(this.app,this.going,this.leftOut,this.known,this.realPrinters.length>0):this.filaments.length?l`<div class="field">
<span class="label">${this.t(`spools.needed`)}</span>
${D(this.app,this.filaments,this.realPrinters.length>0)}
</div>`:v}get realPrinters(){return this.app.store.state.printers.filter(e=>e.kind===`real`&&[e.id,e.model_code].includes(this.target))}copiesPart(){return ee(this.app,this.copies,1,e=>this.copies=e)}whenPart(){let e=e=>l`<button
type="button"
class="choose"
aria-pressed=${this.when===e}
@click=${()=>this.when=e}
>
${this.t(`queue_dialog.when_${e}`)}
</button>`,t=e=>l`<button
type="button"
class="choose"
aria-pressed=${this.next===e}
@click=${()=>this.next=e}
>
${this.t(e?`queue_dialog.place_next`:`queue_dialog.place_end`)}
</button>`;return l`<fieldset>
<legend>${this.t(`queue_dialog.when`)}</legend>
<div class="chips">${e(`now`)} ${e(`hold`)} ${e(`later`)}</div>
${this.when===`later`?E(this.app,{id:`not-before`,label:this.t(`queue.not_before`),value:this.notBefore,before:this.planned.notBefore,set:e=>this.notBefore=e}):v}
</fieldset>
<fieldset>
<legend>${this.t(`queue_dialog.place`)}</legend>
<div class="chips">${t(!1)} ${t(!0)}</div>
</fieldset>`}optionsPart(){return l`<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
${P(this.app,this.options,e=>{this.options=e})}
${O(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
</details>`}timingPart(){let{planned:e}=this,t=e.due!==``||!N(e.timing,A(null));return l`<details ?open=${t}>
<summary>${this.t(`queue_dialog.timing`)}</summary>
${E(this.app,{id:`due`,label:this.t(`queue_dialog.due`),value:this.due,before:e.due,set:e=>this.due=e})}
${T(this.app,this.timing,e=>{this.timing=e},e.timing)}
</details>`}get planned(){let{plan:e}=this.subject;return{notBefore:this.app.format.toField(e?.not_before),due:this.app.format.toField(e?.due),timing:A(e,this.app)}}get isOver(){let{planned:e}=this;return this.when===`later`&&M(this.app,this.notBefore,e.notBefore)||M(this.app,this.due,e.due)||k(this.app,e.timing,this.timing)}get jobs(){return this.subject.files?this.going.reduce((e,t)=>e+Math.max(1,this.known.get(t.id)?.plates??t.plate_count),0):Math.max(1,this.printable.filter(e=>this.plates.has(e.number)).length)}begin(){if(this.when===`hold`||this.target===`none`)return null;let{forecast:e}=this.app.store.state,t=this.realPrinters.map(t=>e.free_from[t.id]),n=t.length?t.map(H):[H(e.free_from[this.target])],r=this.when===`later`&&this.notBefore?H(this.notBefore):0;return Math.max(Date.now(),Math.min(...n),r)}sum(){let{format:e}=this.app,{subject:t,going:n}=this,r=t.files?n:this.printable.filter(e=>this.plates.has(e.number)),i=e=>(r.length||t.files?r.reduce((t,n)=>t+(n[e]??0),0):t[e]??0)*this.copies,a=this.printable.reduce((e,t)=>e+(t.filament_g??0),0),o=a&&r.length?i(`filament_g`)/this.copies/a:1,s=t.files?n.reduce((e,t)=>e+(t.cost??0),0):(t.cost??0)*o,c=i(`print_time_s`),l=c?this.begin():null;return[this.t(`queue_dialog.jobs`,{count:this.jobs}),c?e.duration(c):``,i(`filament_g`)?e.weight(i(`filament_g`)):``,s?e.money(s*this.copies):``,l===null?``:this.t(`queue.ends_at`,{time:e.moment(new Date(l+c*1e3))})].filter(Boolean).join(` · `)}render(){let e=this.subject.not_queueable,t=this.problem||(e?this.app.say(e):``);return l`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue_dialog.title`,{name:this.subject.name})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.platesPart()} ${this.targetsPart()} ${this.filamentsPart()} ${this.copiesPart()}
${this.whenPart()}
${this.timingPart()} ${this.optionsPart()}
${t?l`<span slot="actions" class="problem" role="alert">${t}</span>`:v}
<span slot="actions" class="sum">${this.sum()}</span>
<span slot="actions">
${o({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${o({label:this.t(`queue_dialog.queue`,{count:this.jobs}),look:`primary`,disabled:this.isOver||this.busy||!!e||this.jobs===0,onClick:()=>this.dispatchEvent(new CustomEvent(`queue`,{detail:{plan:this.fields,ids:this.going.map(({id:e})=>e)}}))})}
</span>
</bvp-dialog>`}};r([n({attribute:!1})],U.prototype,`subject`,void 0),r([n({attribute:!1})],U.prototype,`targets`,void 0),r([n()],U.prototype,`problem`,void 0),r([n({type:Boolean})],U.prototype,`busy`,void 0),r([t()],U.prototype,`plates`,void 0),r([t()],U.prototype,`target`,void 0),r([t()],U.prototype,`copies`,void 0),r([t()],U.prototype,`when`,void 0),r([t()],U.prototype,`notBefore`,void 0),r([t()],U.prototype,`due`,void 0),r([t()],U.prototype,`timing`,void 0),r([t()],U.prototype,`next`,void 0),r([t()],U.prototype,`options`,void 0),r([t()],U.prototype,`rule`,void 0),r([t()],U.prototype,`anyway`,void 0),r([t()],U.prototype,`filaments`,void 0),r([t()],U.prototype,`known`,void 0),r([t()],U.prototype,`failed`,void 0),U=r([i(`bvp-queue-dialog`)],U);function W(e,t){let{format:n}=e;return l`${f(`mdi:clock-outline`,e.t(`fact.time`),t.print_time_s===null?null:n.duration(t.print_time_s))}
${f(`mdi:weight`,e.t(`fact.weight`),t.filament_g===null?null:n.weight(t.filament_g))}`}function G(e,t,n){let{format:r}=e;return l`${W(e,t)}
${f(`mdi:cash`,e.t(`fact.cost`),t.cost===null?null:r.money(t.cost))}
${f(`mdi:layers-outline`,e.t(`fact.plates_name`),e.t(`fact.plates`,{count:t.plate_count}))}
${f(`mdi:arrow-collapse-down`,e.t(`fact.layer_height`),n?.layer_height_mm?e.t(`fact.millimetres`,{millimetres:n.layer_height_mm}):null)}
${f(`mdi:file-outline`,e.t(`fact.size`),r.bytes(t.size_bytes))}`}var K=class extends x{static{this.styles=[y,C]}save(){let e=e=>this.renderRoot.querySelector(`#${e}`).value.trim(),t={name:e(`name`),notes:e(`notes`),project:e(`project`),link:e(`link`),tags:e(`tags`).split(`,`).map(e=>e.trim()).filter(Boolean)},n=this.item,r=Object.fromEntries(Object.entries(t).filter(([e,t])=>JSON.stringify(t)!==JSON.stringify(n[e])));this.dispatchEvent(new CustomEvent(`save`,{detail:r}))}firstUpdated(){requestAnimationFrame(()=>this.renderRoot.querySelector(`#notes`)?.focus())}render(){let{item:e}=this,t=(t,n=`text`)=>l`<div class="field">
<label for=${t}>${this.t(`notes.${t}`)}</label>
<input id=${t} type=${n} .value=${e[t]} maxlength="2000" />
</div>`;return l`<bvp-dialog
.app=${this.app}
.heading=${this.t(`notes.title`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${t(`name`)}
<div class="field">
<label for="notes">${this.t(`notes.notes`)}</label>
<textarea id="notes" rows="4" .value=${e.notes}></textarea>
</div>
<div class="field">
<label for="tags">${this.t(`notes.tags`)}</label>
<input id="tags" .value=${e.tags.join(`, `)} aria-describedby="tags-help" />
<span id="tags-help" class="small secondary">${this.t(`notes.tags_help`)}</span>
</div>
${t(`project`)} ${t(`link`,`url`)}
<span slot="actions">
${o({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${o({label:this.t(`common.save`),look:`primary`,onClick:()=>this.save()})}
</span>
</bvp-dialog>`}};r([n({attribute:!1})],K.prototype,`item`,void 0),K=r([i(`bvp-notes-dialog`)],K);var q=class extends x{constructor(...e){super(...e),this.cover=null,this.name=``,this.plates=[],this.at=0}static{this.styles=[y,u`
:host{display:block}.well{position:relative}bvp-picture{aspect-ratio:auto;height:var(--bvp-plates-height,320px);--bvp-picture-radius:var(--ha-border-radius-lg,12px)}.step{position:absolute;top:calc(50% - 22px);border-radius:50%;background:var(--card-background-color)}.back{inset-inline-start:8px}.on{inset-inline-end:8px}.caption{padding-top:8px;color:var(--secondary-text-color);text-align:center}`]}willUpdate(e){(e.has(`name`)||this.at>=this.plates.length)&&(this.at=0)}step(e){let t=this.plates.length;this.at=(this.at+e+t)%t}describe(e){let{format:t}=this.app,n=this.t(`plate.of`,{plate:e.number,name:e.name||this.name});return e.objects.length?`${n}: ${t.list(e.objects.slice(0,5))}`:n}render(){let t=this.plates[this.at],n=this.plates.length>1,{format:r}=this.app;return l`<div class="well">
<bvp-picture
eager
.src=${(t?t.picture:null)??this.cover}
.alt=${t?this.describe(t):this.name}
></bvp-picture>
${n?l`<span class="step back"
>${e({label:this.t(`plate.previous`),icon:`mdi:chevron-left`,onClick:()=>this.step(-1)})}</span
><span class="step on"
>${e({label:this.t(`plate.next`),icon:`mdi:chevron-right`,onClick:()=>this.step(1)})}</span
>`:v}
</div>
${n&&t?l`<p class="caption">
${[this.t(`plate.number`,{plate:t.number,plates:this.plates.length}),t.name,t.print_time_s?r.duration(t.print_time_s):``,t.filament_g?r.weight(t.filament_g):``].filter(Boolean).join(` · `)}
</p>`:v}`}};r([n({attribute:!1})],q.prototype,`cover`,void 0),r([n()],q.prototype,`name`,void 0),r([n({attribute:!1})],q.prototype,`plates`,void 0),r([t()],q.prototype,`at`,void 0),q=r([i(`bvp-plates`)],q);var J={tags:[],projects:[]},Y=6e4,X=`
`,Z=null;function Q({api:e}){return(Z?.api!==e||Date.now()-Z.at>Y)&&(Z={api:e,at:Date.now(),answer:e.facets().then(e=>({tags:e?.tags.map(e=>e.value)??[],projects:e?.projects.map(e=>e.value)??[]}),()=>J)}),Z.answer}var $=class extends x{constructor(...e){super(...e),this.canAct=!0,this.writing=null,this.text=``,this.known=J,this.onInput=e=>{this.text=e.target.value}}static{this.styles=[y,p,s,u`
:host{display:flex;flex-wrap:wrap;align-items:center;gap:8px 24px}.whole{flex:1 0 100%;min-width:0}.facts{align-items:center;gap:4px 8px}.label{color:var(--secondary-text-color)}.chip{min-height:32px;border-radius:16px}.chip .icon-button{--mdc-icon-size:16px;width:32px;margin:-6px -10px -6px -6px}.notes{flex:1;min-width:0;overflow-wrap:anywhere}.notes.plain{white-space:pre-wrap}.note{display:flex;align-items:start;justify-content:space-between}.answers{display:flex;justify-content:flex-end;gap:8px;margin-top:8px}input.short,select.short{width:auto;min-width:0;max-width:100%}input.short{flex:0 1 180px}`]}get canWrite(){return _(`work`,[this.file])}willUpdate(e){e.has(`file`)&&e.get(`file`)?.id!==this.file.id&&(this.writing=null,this.canWrite&&Q(this.app).then(e=>this.known=e))}begin(e,t=``){this.writing=e,this.text=t,this.focusOn(`textarea, input`),this.updateComplete.then(()=>this.renderRoot.querySelector(`.answers`)?.scrollIntoView({block:`nearest`}))}end(e){this.writing=null,this.focusOn(e)}focusOn(e){this.updateComplete.then(()=>this.renderRoot.querySelector(e)?.focus())}addTag(){let{file:e}=this,t=this.text.split(`,`).map(e=>e.trim()),n=[...new Set([...e.tags,...t])].filter(Boolean);this.text=``,n.length>e.tags.length&&this.save({tags:n})}removeTag(e){this.focusOn(`.add`),this.save({tags:this.file.tags.filter(t=>t!==e)})}onTagKey(e){if(e.isComposing||![`Enter`,`Escape`].includes(e.key))return;e.preventDefault(),e.stopPropagation();let t=e.key===`Escape`||!this.text.trim();e.key===`Enter`&&this.addTag(),this.text=``,t&&this.end(`.add`)}onTagLeft(){this.addTag(),this.writing===`tag`&&(this.writing=null)}tags(){let{file:t,canAct:n,known:r}=this;return l`<div class="facts" role="group" aria-label=${this.t(`notes.tags`)}>
<span class="label">${this.t(`notes.tags`)}</span>
${t.tags.map(t=>l`<span class="chip"
>${a(`mdi:tag-outline`)}<span>${t}</span>${e({label:this.t(`written.tag_remove`,{tag:t}),icon:`mdi:close`,disabled:!n,onClick:()=>this.removeTag(t)})}</span
>`)}
${this.writing===`tag`?l`<input
class="short"
list="tags"
aria-label=${this.t(`archive.tag_add`)}
maxlength="100"
autocapitalize="off"
enterkeyhint="done"
.value=${this.text}
@input=${this.onInput}
@keydown=${this.onTagKey}
@blur=${this.onTagLeft}
/><datalist id="tags">
${r.tags.filter(e=>!t.tags.includes(e)).map(e=>l`<option value=${e}></option>`)}
</datalist>`:e({label:this.t(`archive.tag_add`),icon:`mdi:plus`,class:`add`,disabled:!n,onClick:()=>this.begin(`tag`)})}
</div>`}async setProject(e){if(e===this.file.project||await this.save({project:e}))return;let t=this.renderRoot.querySelector(`select`);t&&(t.value=this.file.project)}onProjectKey(e){!e.isComposing&&[`Enter`,`Escape`].includes(e.key)&&(e.preventDefault(),e.stopPropagation(),e.key===`Escape`&&(this.text=``),this.onProjectLeft(),this.focusOn(`select`))}onProjectLeft(){if(this.writing!==`project`)return;this.writing=null;let e=this.text.trim();e&&this.setProject(e)}project(){let{file:e}=this,t=this.t(`notes.project`),n=[...new Set([e.project,...this.known.projects])].filter(Boolean);return l`<div class="facts">
<span class="label">${t}</span>
${this.writing===`project`?l`<input
class="short"
aria-label=${t}
maxlength="200"
enterkeyhint="done"
.value=${this.text}
@input=${this.onInput}
@keydown=${this.onProjectKey}
@blur=${this.onProjectLeft}
/>`:l`<select
class="short"
aria-label=${t}
?disabled=${!this.canAct}
@change=${e=>{let{value:t}=e.target;t===X?this.begin(`project`):this.setProject(t)}}
>
<option value="" .selected=${!e.project}>—</option>
${n.map(t=>l`<option value=${t} .selected=${t===e.project}>${t}</option>`)}
<option value=${X}>${this.t(`written.project_new`)}</option>
</select>`}
</div>`}async saveNotes(){let{file:e,text:t}=this,n=t.trim();this.end(`.edit`),n===e.notes||await this.save({notes:n})||this.file.id!==e.id||this.begin(`notes`,t)}onNotesKey(e){e.stopPropagation(),e.key===`Enter`&&(e.ctrlKey||e.metaKey)?this.saveNotes():e.key===`Escape`&&this.text===this.file.notes&&this.end(`.edit`)}notes(){let{notes:t}=this.file,n=!this.canAct,r=()=>this.begin(`notes`,t);return this.writing===`notes`?l`<div class="whole">
<textarea
rows="4"
aria-label=${this.t(`notes.notes`)}
.value=${this.text}
@input=${this.onInput}
@keydown=${this.onNotesKey}
></textarea>
<div class="answers">
${o({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.end(`.edit`)})}
${o({label:this.t(`common.save`),look:`primary`,disabled:n,onClick:()=>void this.saveNotes()})}
</div>
</div>`:t?l`<div class="whole note">
${d(t)}${e({label:this.t(`written.note_edit`),icon:`mdi:pencil-outline`,class:`edit`,disabled:n,onClick:r})}
</div>`:o({label:this.t(`written.note_add`),icon:`mdi:note-plus-outline`,look:`plain`,class:`edit`,disabled:n,onClick:r})}read(){let{notes:e,project:t,tags:n}=this.file;return l`${e?l`<div class="whole">${d(e)}</div>`:v}
${n.length||t?l`<p class="facts">
${t?g(`mdi:folder-outline`,t):v}
${n.map(e=>g(`mdi:tag-outline`,e))}
</p>`:v}`}render(){let{link:e}=this.file;return l`${this.canWrite?l`${this.tags()} ${this.project()} ${this.notes()}`:this.read()}
${S(e)?l`<p class="whole">
<a href=${e} target="_blank" rel="noreferrer noopener">${e}</a>
</p>`:v}`}};r([n({attribute:!1})],$.prototype,`file`,void 0),r([n({type:Boolean})],$.prototype,`canAct`,void 0),r([n({attribute:!1})],$.prototype,`save`,void 0),r([t()],$.prototype,`writing`,void 0),r([t()],$.prototype,`text`,void 0),r([t()],$.prototype,`known`,void 0),$=r([i(`bvp-written`)],$);export{W as n,G as t};