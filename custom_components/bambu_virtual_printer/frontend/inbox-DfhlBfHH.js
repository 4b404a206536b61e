import{S as e,_ as t,a as n,c as r,h as i,i as a,m as o,n as s,o as c,p as l,r as u,s as d,t as f,y as p}from"./element-BmZpzwS7.js";import{c as m,i as h,l as g,n as _,o as v,r as y,s as b,t as x}from"./chip-x2q8j6nD.js";import{t as S}from"./menu-DkmHv9Xn.js";import{t as C}from"./empty-DTjv3FTc.js";import"./plates-CdHI2vkQ.js";import{n as w,r as T}from"./targets-DlhgvJEY.js";var E=8e3;async function D(e,t,n,r={}){let i=t.map(e=>e.id);if(!i.length)return;let a=e.api.decide(i,n,r);e.store.guess(e=>({...e,inbox:e.inbox.filter(e=>!i.includes(e.id))}),a);let o=await e.attempt(a);if(!o)return;let s=o.results.find(e=>e.result===`failed`);if(s){e.toast({message:e.sayError(s.error),duration:E});return}let c=o.results.filter(e=>e.result===`done`);if(!c.length){e.toast(e.t(`decided.already`));return}let l=e.t(`decided.${n}`,{count:c.length,name:c[0].name});e.announce(l),e.toast({message:l,duration:E,action:u()});function u(){let t=o.undo;if(t)return{text:e.t(`common.undo`),run:()=>void e.attempt(e.api.undo(t.ids)).then(t=>t?.failed[0]&&e.toast(e.sayError(t.failed[0].error)))};let r=c[0].job_ids[0],i=c[0].archive_id;if(n===`queue`&&r)return{text:e.t(`common.show`),run:()=>e.go(`queue`,r)};if(n===`archive`&&i)return{text:e.t(`common.show`),run:()=>e.go(`archive`,i)}}}var O=class extends f{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1}static{this.styles=[a,_,h,b,e`
:host{display: block;}.panel{overflow: clip;}.body{display: grid;gap: 12px;padding: 16px;}.title{display: flex;align-items: start;gap: 4px;}.title h2{flex: 1;min-width: 0;padding-top: 8px;overflow-wrap: anywhere;font-size: var(--ha-font-size-xl,20px);font-weight: var(--ha-font-weight-normal,400);line-height: 1.4;}.filaments{display: grid;gap: 4px;}.filaments li{display: flex;align-items: center;gap: 8px;}.actions{display: flex;flex-wrap: wrap;gap: 8px;position: sticky;bottom: 0;padding: 12px 16px;border-top: 1px solid var(--divider-color);background: var(--card-background-color);}.split{display: inline-flex;align-items: center;}.spacer{flex: 1;}:host([narrow]) .panel{flex: 1;border: 0;border-radius: 0;}:host([narrow]){display: flex;flex-direction: column;background: var(--card-background-color);--bvp-plates-height: 240px;}:host([narrow]) .actions{flex-wrap: nowrap;padding: 8px;}:host([narrow]) .actions .button .icon{display: none;}:host([narrow]) .actions > .button,:host([narrow]) .split{flex: 1;min-width: 0;}:host([narrow]) .split{flex-grow: 1.7;}:host([narrow]) .split > .button{flex: 1;min-width: 0;}:host([narrow]) .button{padding: 4px 10px;}:host([narrow]) .actions .button span{overflow: hidden;text-overflow: ellipsis;}.notes{white-space: pre-wrap;overflow-wrap: anywhere;}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}async edit(e){if(this.writing=!1,!Object.keys(e).length)return;let[t]=(await this.app.attempt(this.app.api.editUpload(this.upload.id,e)))?.results??[];t?.result===`already_processed`?this.app.toast(this.t(`decided.already`)):t?.error&&this.app.toast(this.app.sayError(t.error))}copyLink(){let e=location.origin+this.app.url(`inbox`,this.upload.id);this.app.attempt(navigator.clipboard.writeText(e).then(()=>this.app.toast(this.t(`common.link_copied`))))}facts(){let{upload:e,details:t}=this,{format:n}=this.app;return p`<div class="facts">
${y(`mdi:clock-outline`,this.t(`fact.time`),e.print_time_s===null?null:n.duration(e.print_time_s))}
${y(`mdi:weight`,this.t(`fact.weight`),e.filament_g===null?null:n.weight(e.filament_g))}
${y(`mdi:cash`,this.t(`fact.cost`),e.cost===null?null:n.money(e.cost))}
${y(`mdi:layers-outline`,this.t(`fact.plates_name`),this.t(`fact.plates`,{count:e.plate_count}))}
${y(`mdi:arrow-collapse-down`,this.t(`fact.layer_height`),t?.layer_height_mm?this.t(`fact.millimetres`,{millimetres:t.layer_height_mm}):null)}
${y(`mdi:file-outline`,this.t(`fact.size`),n.bytes(e.size_bytes))}
</div>`}filaments(){let{upload:e,details:n}=this,r=n?.filaments??[],{format:i}=this.app,a=r.length?r.map(e=>p`<li>
${v(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${i.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((t,n)=>p`<li>${v(e.filament_colors[n]??null)}<span>${t}</span></li>`);return a.length?p`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${a}
</ul>`:t}warnings(){let{upload:e}=this,{format:r}=this.app;return p`${e.wrong_model?n(`warning`,this.app.say(e.wrong_model)):t}
${e.duplicate_of?n(e.last_failure?`warning`:`info`,e.last_failure?this.t(`known.failed`,{reason:e.last_failure}):e.print_count&&e.last_printed_at?this.t(`known.printed`,{count:e.print_count,date:r.date(e.last_printed_at)}):this.t(`known.archived`),c({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,e.duplicate_of)})):t}`}actions(){let{upload:e}=this,t=e.print_requested,n=!this.canAct,i=c({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:t?`outlined`:`primary`,disabled:n,onClick:()=>this.decide(`archive`)}),a=p`<span class="split"
>${c({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:t?`primary`:`outlined`,disabled:n,onClick:()=>this.decide(`queue`)})}${r({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:n,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,o=r({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:n,onClick:()=>this.decide(`send_back`)}),s=c({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:n,onClick:()=>this.decide(`discard`)});return p`<div class="actions">
${this.narrow?[s,i,a]:[t?[a,i]:[i,a],p`<span class="spacer"></span>`,o,s]}
</div>`}menu(){let{upload:e}=this;return p`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>this.copyLink()}]}
></bvp-menu>`}render(){let{upload:e}=this,{format:n}=this.app;return p`<article class="panel card" aria-label=${e.name}>
<bvp-plates
.app=${this.app}
.cover=${e.picture}
.name=${e.name}
.plates=${this.details?.plates??[]}
></bvp-plates>
<div class="body">
<div class="title">
${this.narrow?r({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):t}
<h2>${e.name}</h2>
${r({label:this.t(`fact.favourite`),icon:e.favourite?`mdi:star`:`mdi:star-outline`,pressed:e.favourite,disabled:!this.canAct,onClick:()=>void this.edit({favourite:!e.favourite})})}
${this.menu()}
</div>
<p class="secondary">
${this.t(e.source_ip?`inbox.sent_by`:`inbox.uploaded`,{source:e.source_ip,printer:e.printer})}
· ${n.ago(e.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${e.print_requested?p`<p>
${x(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:t}
${e.sliced_for&&!e.wrong_model?p`<p class="fact">
${d(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:w(e.sliced_for)})}</span
>
</p>`:t}
<p class="fact">
${d(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:T(this.app,this.app.store.state.targets,e.plan.target,e.plan.target_name)})}</span
>
</p>
${e.notes?p`<p class="notes">${e.notes}</p>`:t}
${e.tags.length||e.project?p`<p class="facts">
${e.project?x(`mdi:folder-outline`,e.project):t}
${e.tags.map(e=>x(`mdi:tag-outline`,e))}
</p>`:t}
</div>
${this.narrow?t:this.actions()}
</article>
${this.narrow?this.actions():t}
${this.writing?p`<bvp-notes-dialog
.app=${this.app}
.item=${e}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:t}`}};u([o({attribute:!1})],O.prototype,`upload`,void 0),u([o({type:Boolean,reflect:!0})],O.prototype,`narrow`,void 0),u([o({type:Boolean})],O.prototype,`canAct`,void 0),u([l()],O.prototype,`details`,void 0),u([l()],O.prototype,`writing`,void 0),O=u([i(`bvp-upload`)],O);var k=class extends s{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.onKey=e=>{if(!this.app.shortcuts||S(e)||this.dialog)return;let{inbox:t}=this.state,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.app.go(`inbox`,e.id,{},!0);switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:n&&this.act(`archive`,[n]);break;case`u`:n&&this.act(`queue`,[n]);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:n&&this.act(`discard`,[n]);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[a,_,h,b,e`
:host{display: flex;flex: 1 0 auto;flex-direction: column;}:host([narrow]) .detail{position: static;flex: 1;}.page{display: grid;grid-template-columns: minmax(320px,400px) minmax(0,1fr);gap: 24px;align-items: start;width: 100%;max-width: 1248px;margin: 0 auto;padding: 16px var(--bvp-gutter) 24px;}:host([narrow]) .page{display: block;padding: 8px var(--bvp-gutter) 16px;}.detail{position: sticky;top: 16px;}.top{display: flex;align-items: center;gap: 8px;min-height: 48px;}.top h2{flex: 1;}.bulk{display: flex;flex-wrap: wrap;gap: 8px;padding-bottom: 8px;}.list{display: grid;gap: 8px;}.item{position: relative;display: flex;align-items: center;}.item.selected{outline: 2px solid var(--primary-color);outline-offset: -1px;}.item > input{flex: none;margin-inline-start: 12px;}.row{display: grid;flex: 1;grid-template-columns: 72px minmax(0,1fr);gap: 12px;padding: 8px;border-radius: inherit;color: inherit;text-decoration: none;}.row bvp-picture{align-self: center;}.text{display: grid;gap: 2px;align-content: center;}.head{display: flex;gap: 8px;align-items: baseline;}.name{flex: 1;min-width: 0;overflow: hidden;font-weight: var(--ha-font-weight-medium,500);text-overflow: ellipsis;white-space: nowrap;}.line{overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}.item.moving .row{touch-action: pan-y;}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}get current(){let{inbox:e}=this.state;return e.find(e=>e.id===this.route.id)??(this.narrow?void 0:e[0])}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog();let r=new Set(e.map(e=>e.id)),{inbox:i}=this.state,a=i.findIndex(e=>e.id===this.current?.id),o=i.slice(Math.max(0,a)).find(e=>!r.has(e.id))??i.findLast(e=>!r.has(e.id));this.endSelecting(),this.route.id&&r.has(this.route.id)&&this.app.go(`inbox`,this.narrow?null:o?.id??null,{},!0),await D(this.app,e,t,n)}act(e,t){t.length&&this.canAct&&(e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e))}openDialog(e,t){this.about=t,this.dialog=e,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.state.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:n}=this.app,r=!this.narrow&&this.current?.id===e.id;return p`<li class="item card ${r?`selected`:``}">
${this.selecting?p`<input
type="checkbox"
aria-label=${e.name}
.checked=${this.selected.has(e.id)}
@change=${t=>this.select(e.id,t.target.checked)}
/>`:t}
<a
class="row"
href=${this.app.url(`inbox`,e.id)}
aria-current=${r?`true`:t}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.selecting?this.select(e.id,!this.selected.has(e.id)):this.app.go(`inbox`,e.id,{},!this.narrow))}}
@touchstart=${{handleEvent:t=>this.onTouchStart(t,e),passive:!0}}
@touchend=${t=>this.onTouchEnd(t,e)}
>
<bvp-picture .src=${e.picture_small}></bvp-picture>
<span class="text">
<span class="head"
><span class="name">${e.name}</span
><span class="secondary small">${n.ago(e.received_at)}</span></span
>
<span class="facts">
${y(`mdi:clock-outline`,this.t(`fact.time`),e.print_time_s===null?null:n.duration(e.print_time_s))}
${y(`mdi:weight`,this.t(`fact.weight`),e.filament_g===null?null:n.weight(e.filament_g))}
${m(e.filament_colors,e.filament_types)}
</span>
<span class="secondary line"
>${[e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
>
<span class="facts">${this.hints(e)}</span>
</span>
</a>
</li>`}hints(e){return[e.print_requested?x(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):t,e.wrong_model?x(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):t,A(this,e)]}nothing(){let{printers:e,options:t}=this.state,n=e.find(e=>e.kind===`virtual`&&e.mode===`review`);return e.some(e=>e.kind===`virtual`)?n||t.pending_modes?C(`mdi:inbox-outline`,n?this.t(`inbox.empty_send`,{printer:n.name}):this.t(`inbox.empty`)):C(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),c({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)})):C(`mdi:printer-3d`,this.t(`inbox.no_printer`),c({label:this.t(`inbox.to_printers`),look:`primary`,onClick:()=>this.app.go(`printers`)}))}list(){let{inbox:e}=this.state;return p`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:e.length})}</h2>
${r({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.selecting?this.bulk():t}
<ul class="list">
${g(e,e=>e.id,e=>this.item(e))}
</ul>
${this.state.inbox_more?p`<p class="secondary">${this.t(`inbox.more`)}</p>`:t}
</section>`}bulk(){let e=this.chosen,t=!e.length||!this.canAct;return p`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${c({label:e.length===this.state.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(e.length===this.state.inbox.length?[]:this.state.inbox.map(e=>e.id))})}
${c({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:t,onClick:()=>this.act(`archive`,e)})}
${c({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:t,onClick:()=>this.openDialog(`queue`,e)})}
${c({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:t,onClick:()=>this.act(`discard`,e)})}
</div>`}dialogPart(){let e=this.about,[n]=e;if(!this.dialog||!n)return t;let r=e.length===1?n.name:this.t(`inbox.files`,{count:e.length}),i=()=>{this.dialog=null};switch(this.dialog){case`queue`:return p`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??n,name:r,plates:this.details?.plates??[],...e.length===1?{}:{plan:null,print_time_s:null,filament_g:null,cost:null}}}
@closed=${i}
@queue=${t=>void this.decide(e,`queue`,t.detail)}
></bvp-queue-dialog>`;case`send_back`:return p`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`send_back.title`,{name:r})}
.question=${this.t(`send_back.text`)}
.label=${this.t(`send_back.note`)}
.confirm=${this.t(`verb.send_back`)}
@closed=${i}
@done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
></bvp-text-dialog>`;case`discard`:return p`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`discard.title`,{name:r})}
.question=${this.t(`discard.text`)}
.confirm=${this.t(`verb.discard`)}
@closed=${i}
@done=${()=>void this.decide(e,`discard`)}
></bvp-text-dialog>`}}detail(e){return p`<bvp-upload
class="detail"
.app=${this.app}
.upload=${e}
.narrow=${this.narrow}
.canAct=${this.canAct}
@decide=${t=>this.act(t.detail,[e])}
@plan=${()=>this.openDialog(`queue`,[e])}
@back=${()=>this.app.go(`inbox`,null,{},!0)}
></bvp-upload>`}render(){let{inbox:e}=this.state,n=this.current;return this.narrow&&this.route.id?p`${n?this.detail(n):C(`mdi:check-circle-outline`,this.t(`inbox.gone`),c({label:this.t(`tab.inbox`),onClick:()=>this.app.go(`inbox`,null,{},!0)}))}
${this.dialogPart()}`:e.length?p`<div class="page">
${this.list()} ${!this.narrow&&n?this.detail(n):t}
</div>
${this.dialogPart()}`:this.nothing()}};u([l()],k.prototype,`selecting`,void 0),u([l()],k.prototype,`selected`,void 0),u([l()],k.prototype,`dialog`,void 0),k=u([i(`bvp-inbox`)],k);function A(e,n){let{t:r,format:i}=e.app;return n.last_failure?x(`mdi:alert-outline`,r(`known.failed`,{reason:n.last_failure}),`warning`):n.print_count&&n.last_printed_at?x(`mdi:check`,r(`known.printed`,{count:n.print_count,date:i.date(n.last_printed_at)}),`good`):n.duplicate_of?x(`mdi:content-duplicate`,r(`known.archived`)):t}export{k as BvpInbox,A as knownChip};