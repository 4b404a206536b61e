import{_ as e,f as t,i as n,n as r,r as i,t as a,u as o}from"./ha-Bk7M2UNj.js";import{t as s}from"./custom-element-DfQM5z2l.js";import{i as c,n as l,r as u,t as d}from"./styles-B4wwyW3R.js";import{t as f}from"./text-dialog-CaT1R4g2.js";import{t as p}from"./deciding-DqrOUmyi.js";import{t as m}from"./menu-CFc6Di2N.js";import{a as h,c as g,i as _,n as v,o as y,r as b}from"./swatches-BHMzOL8x.js";import{n as x,t as S}from"./element-C3LT5yG6.js";import{n as C}from"./form-DEJ5fJue.js";import{n as w,t as T}from"./plates-CLhJLkgh.js";import{t as E}from"./rights-DAOQmjVU.js";import{t as D}from"./qr-FUYV452k.js";import{d as O,n as k,u as A}from"./sender-CHeD2WJ8.js";var j=class extends S{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1,this.tagging=!1,this.qr=new D(this)}static{this.styles=[d,y,g,b,e`
:host{display: block;}.panel{overflow: clip;}.body{display: grid;gap: 12px;padding: 16px;}.title{display: flex;flex-wrap: wrap;align-items: start;justify-content: flex-end;gap: 0 4px;}:host([narrow]) .title{flex-wrap: nowrap;}.title h2{flex: 1 1 160px;min-width: 0;padding-top: 8px;overflow-wrap: anywhere;font-size: var(--ha-font-size-xl,20px);font-weight: var(--ha-font-weight-normal,400);line-height: 1.4;}.filaments{display: grid;gap: 4px;}.filaments li{display: flex;align-items: center;gap: 8px;}.actions{display: flex;flex-wrap: wrap;gap: 8px;position: sticky;bottom: 0;padding: 12px 16px;border-top: 1px solid var(--divider-color);background: var(--card-background-color);}.split{display: inline-flex;align-items: center;}.spacer{flex: 1;}:host([narrow]) .panel{flex: 1;border: 0;border-radius: 0;}:host([narrow]){display: flex;flex-direction: column;background: var(--card-background-color);--bvp-plates-height: 240px;}:host([narrow]) .actions{flex-wrap: nowrap;padding: 8px;}:host([narrow]) .actions .button .icon{display: none;}:host([narrow]) .actions > .button,:host([narrow]) .split{flex: 1;min-width: 0;}:host([narrow]) .split{flex-grow: 1.7;}:host([narrow]) .split > .button{flex: 1;min-width: 0;}:host([narrow]) .button{padding: 4px 10px;}:host([narrow]) .actions .button span{overflow: hidden;text-overflow: ellipsis;}.notes{white-space: pre-wrap;overflow-wrap: anywhere;}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}async edit(e){if(this.writing=!1,!Object.keys(e).length)return;let[t]=(await this.app.attempt(this.app.api.editUpload(this.upload.id,e)))?.results??[];t?.result===`already_processed`?this.app.toast(this.t(`decided.already`)):t?.error&&this.app.toast(this.app.sayError(t.error))}copyLink(){let e=location.origin+this.app.url(`inbox`,this.upload.id);this.app.attempt(navigator.clipboard.writeText(e).then(()=>this.app.toast(this.t(`common.link_copied`))))}may(e){return E(e,[this.upload])}facts(){return t`<div class="facts">${T(this.app,this.upload,this.details)}</div>`}filaments(){let{upload:e,details:n}=this,r=n?.filaments??[],{format:i}=this.app,a=r.length?r.map(e=>t`<li>
${v(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${i.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((n,r)=>t`<li>${v(e.filament_colors[r]??null)}<span>${n}</span></li>`);return a.length?t`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${a}
</ul>`:o}warnings(){let{upload:e}=this,{format:n}=this.app;return t`${e.wrong_model?a(`warning`,this.app.say(e.wrong_model)):o}
${e.duplicate_of?a(e.last_failure?`warning`:`info`,e.last_failure?this.t(`known.failed`,{reason:this.app.say(e.last_failure)}):e.print_count&&e.last_printed_at?this.t(`known.printed`,{count:e.print_count,date:n.date(e.last_printed_at)}):this.t(`known.archived`),r({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,e.duplicate_of)})):o}`}actions(){let{upload:e}=this,i=e.print_requested,a=!this.canAct,s=r({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:i?`outlined`:`primary`,disabled:a,onClick:()=>this.decide(`archive`)}),c=t`<span class="split"
>${r({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:i?`primary`:`outlined`,disabled:a,onClick:()=>this.decide(`queue`)})}${n({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:a,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,l=n({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:a,onClick:()=>this.decide(`send_back`)}),u=r({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:a,onClick:()=>this.decide(`discard`)}),d=this.may(`decide`),f=d?i?[c,s]:[s,c]:[],p=this.may(`work`)?u:o;return t`<div class="actions">
${this.narrow?[p,d?[s,c]:o]:[f,t`<span class="spacer"></span>`,d?l:o,p]}
</div>`}quick(){let{upload:e}=this,r=this.t(`common.download`);return t`${this.may(`work`)?[n({label:this.t(`archive.tag_add`),icon:`mdi:tag-plus-outline`,disabled:!this.canAct,onClick:()=>this.tagging=!0}),n({label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0})]:o}
${e.download===null?o:t`<a
class="icon-button"
href=${e.download}
download
aria-label=${r}
title=${r}
>${i(`mdi:download`)}</a
>`}`}async addTags(e){this.tagging=!1;let t=e.split(`,`).map(e=>e.trim()),n=[...new Set([...this.upload.tags,...t])].filter(Boolean);n.length>this.upload.tags.length&&await this.edit({tags:n})}menu(){let{upload:e}=this;return t`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&this.may(`decide`)&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},this.may(`work`)&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>this.copyLink()},this.qr.item(this.app,()=>this.app.url(`inbox`,this.upload.id))]}
></bvp-menu>`}render(){let{upload:e}=this,{format:r}=this.app;return t`<article class="panel card" aria-label=${e.name}>
<bvp-plates
.app=${this.app}
.cover=${e.picture}
.name=${e.name}
.plates=${this.details?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)}
<div class="body">
<div class="title">
${this.narrow?n({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):o}
<h2>${e.name}</h2>
${n({label:this.t(`fact.favourite`),icon:e.favourite?`mdi:star`:`mdi:star-outline`,pressed:e.favourite,disabled:!this.canAct||!this.may(`work`),onClick:()=>void this.edit({favourite:!e.favourite})})}
${this.narrow?o:this.quick()} ${this.menu()}
</div>
<p class="secondary">
${this.t(k(e)?`inbox.sent_by`:`inbox.uploaded`,{source:k(e),printer:e.printer})}
· ${r.ago(e.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${e.print_requested?t`<p>
${h(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:o}
${e.sliced_for&&!e.wrong_model?t`<p class="fact">
${i(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:A(e.sliced_for)})}</span
>
</p>`:o}
<p class="fact">
${i(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:O(this.app,this.app.store.state.targets,e.plan.target,e.plan.target_name)})}</span
>
</p>
${e.notes?t`<p class="notes">${e.notes}</p>`:o}
${e.tags.length||e.project?t`<p class="facts">
${e.project?h(`mdi:folder-outline`,e.project):o}
${e.tags.map(e=>h(`mdi:tag-outline`,e))}
</p>`:o}
</div>
${this.narrow?o:this.actions()}
</article>
${this.narrow?this.actions():o}
${this.tagging?t`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`archive.tag_add`)}
.label=${this.t(`archive.tag`)}
.confirm=${this.t(`common.save`)}
@closed=${()=>this.tagging=!1}
@done=${e=>void this.addTags(e.detail)}
></bvp-text-dialog>`:o}
${this.writing?t`<bvp-notes-dialog
.app=${this.app}
.item=${e}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:o}`}};l([c({attribute:!1})],j.prototype,`upload`,void 0),l([c({type:Boolean,reflect:!0})],j.prototype,`narrow`,void 0),l([c({type:Boolean})],j.prototype,`canAct`,void 0),l([u()],j.prototype,`details`,void 0),l([u()],j.prototype,`writing`,void 0),l([u()],j.prototype,`tagging`,void 0),j=l([s(`bvp-upload`)],j);var M=class extends x{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.onKey=e=>{if(!this.app.shortcuts||m(e)||this.dialog)return;let{inbox:t}=this.state,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.app.go(`inbox`,e.id,{},!0);switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:n&&this.act(`archive`,[n]);break;case`u`:n&&this.act(`queue`,[n]);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:n&&this.act(`discard`,[n]);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[d,y,g,b,e`
:host{display: flex;flex: 1 0 auto;flex-direction: column;}:host([narrow]) .detail{position: static;flex: 1;}.page{display: grid;grid-template-columns: minmax(240px,400px) minmax(340px,1fr);gap: 24px;align-items: start;width: 100%;max-width: 1248px;margin: 0 auto;padding: 16px var(--bvp-gutter) 24px;}:host([narrow]) .page{display: block;padding: 8px var(--bvp-gutter) 16px;}.detail{position: sticky;top: 16px;}.top{display: flex;align-items: center;gap: 8px;min-height: 48px;}.top h2{flex: 1;}.bulk{display: flex;flex-wrap: wrap;gap: 8px;padding-bottom: 8px;}.list{display: grid;grid-template-columns: minmax(0,1fr);gap: 8px;}.item{position: relative;display: flex;align-items: center;}.item.selected{outline: 2px solid var(--primary-color);outline-offset: -1px;}.item > input{flex: none;margin-inline-start: 12px;}.row{display: grid;flex: 1;grid-template-columns: 72px minmax(0,1fr);min-width: 0;gap: 12px;padding: 8px;border-radius: inherit;color: inherit;text-decoration: none;touch-action: pan-y;}.row bvp-picture{align-self: center;}.text{display: grid;grid-template-columns: minmax(0,1fr);gap: 2px;align-content: center;}.head{display: flex;gap: 8px;align-items: baseline;}.name{flex: 1;min-width: 0;overflow: hidden;font-weight: var(--ha-font-weight-medium,500);text-overflow: ellipsis;white-space: nowrap;}.line{overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}get current(){let{inbox:e}=this.state;return e.find(e=>e.id===this.route.id)??(this.narrow?void 0:e[0])}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog();let r=new Set(e.map(e=>e.id)),{inbox:i}=this.state,a=i.findIndex(e=>e.id===this.current?.id),o=i.slice(Math.max(0,a)).find(e=>!r.has(e.id))??i.findLast(e=>!r.has(e.id));this.endSelecting(),this.route.id&&r.has(this.route.id)&&this.app.go(`inbox`,this.narrow?null:o?.id??null,{},!0),await p(this.app,e,t,n)}act(e,t){t.length&&this.canAct&&this.may(e,t)&&(e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e))}may(e,t){return E(e===`discard`?`work`:`decide`,t)}openDialog(e,t){this.about=t,this.dialog=e,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.state.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:n}=this.app,r=!this.narrow&&this.current?.id===e.id;return t`<li class="item card ${r?`selected`:``}">
${this.selecting?t`<input
type="checkbox"
aria-label=${e.name}
.checked=${this.selected.has(e.id)}
@change=${t=>this.select(e.id,t.target.checked)}
/>`:o}
<a
class="row"
href=${this.app.url(`inbox`,e.id)}
aria-current=${r?`true`:o}
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
${w(this.app,e)}
${_(e.filament_colors,e.filament_types)}
</span>
<span class="secondary line"
>${[e.sender,e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
>
<span class="facts">${this.hints(e)}</span>
</span>
</a>
</li>`}hints(e){return[e.print_requested?h(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):o,e.wrong_model?h(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):o,N(this,e)]}nothing(){let{printers:e,options:t}=this.state,n=e.find(e=>e.kind===`virtual`&&e.mode===`review`);return e.some(e=>e.kind===`virtual`)?n||t.pending_modes?C(`mdi:inbox-outline`,n?this.t(`inbox.empty_send`,{printer:n.name}):this.t(`inbox.empty`)):C(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),r({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)})):C(`mdi:printer-3d`,this.t(`inbox.no_printer`),r({label:this.t(`inbox.to_printers`),look:`primary`,onClick:()=>this.app.go(`printers`)}))}list(){let{inbox:e}=this.state;return t`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:e.length})}</h2>
${n({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.selecting?this.bulk():o}
<ul class="list">
${f(e,e=>e.id,e=>this.item(e))}
</ul>
${this.state.inbox_more?t`<p class="secondary">${this.t(`inbox.more`)}</p>`:o}
</section>`}bulk(){let e=this.chosen,n=!e.length||!this.canAct;return t`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${r({label:e.length===this.state.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(e.length===this.state.inbox.length?[]:this.state.inbox.map(e=>e.id))})}
${this.may(`archive`,e)?[r({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:n,onClick:()=>this.act(`archive`,e)}),r({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:n,onClick:()=>this.openDialog(`queue`,e)})]:o}
${this.may(`discard`,e)?r({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:n,onClick:()=>this.act(`discard`,e)}):o}
</div>`}dialogPart(){let e=this.about,[n]=e;if(!this.dialog||!n)return o;let r=e.length===1?n.name:this.t(`inbox.files`,{count:e.length}),i=()=>{this.dialog=null};switch(this.dialog){case`queue`:return t`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??n,name:r,plates:this.details?.plates??[],...e.length===1?{}:{plan:null,print_time_s:null,filament_g:null,cost:null}}}
@closed=${i}
@queue=${t=>void this.decide(e,`queue`,t.detail)}
></bvp-queue-dialog>`;case`send_back`:return t`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`send_back.title`,{name:r})}
.question=${this.t(`send_back.text`)}
.label=${this.t(`send_back.note`)}
.confirm=${this.t(`verb.send_back`)}
@closed=${i}
@done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
></bvp-text-dialog>`;case`discard`:return t`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`discard.title`,{name:r})}
.question=${this.t(`discard.text`)}
.confirm=${this.t(`verb.discard`)}
@closed=${i}
@done=${()=>void this.decide(e,`discard`)}
></bvp-text-dialog>`}}detail(e){return t`<bvp-upload
class="detail"
.app=${this.app}
.upload=${e}
.narrow=${this.narrow}
.canAct=${this.canAct}
@decide=${t=>this.act(t.detail,[e])}
@plan=${()=>this.openDialog(`queue`,[e])}
@back=${()=>this.app.go(`inbox`,null,{},!0)}
></bvp-upload>`}render(){let{inbox:e}=this.state,n=this.current;return this.narrow&&this.route.id?t`${n?this.detail(n):C(`mdi:check-circle-outline`,this.t(`inbox.gone`),r({label:this.t(`tab.inbox`),onClick:()=>this.app.go(`inbox`,null,{},!0)}))}
${this.dialogPart()}`:e.length?t`<div class="page">
${this.list()} ${!this.narrow&&n?this.detail(n):o}
</div>
${this.dialogPart()}`:this.nothing()}};l([u()],M.prototype,`selecting`,void 0),l([u()],M.prototype,`selected`,void 0),l([u()],M.prototype,`dialog`,void 0),M=l([s(`bvp-inbox`)],M);function N(e,t){let{t:n,format:r}=e.app;return t.last_failure?h(`mdi:alert-outline`,n(`known.failed`,{reason:e.app.say(t.last_failure)}),`warning`):t.print_count&&t.last_printed_at?h(`mdi:check`,n(`known.printed`,{count:t.print_count,date:r.date(t.last_printed_at)}),`good`):t.duplicate_of?h(`mdi:content-duplicate`,n(`known.archived`)):o}export{M as BvpInbox,N as knownChip};