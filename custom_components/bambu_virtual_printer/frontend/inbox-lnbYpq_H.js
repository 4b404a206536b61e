import{A as e,D as t,E as n,I as r,O as i,R as a,T as o,V as s,c,d as l,f as u,g as d,h as f,i as p,j as m,k as h,n as g,o as _,p as v,r as y,s as b}from"./shared-CeHzzviU.js";import{t as x}from"./text-dialog-2iddGynK.js";import{t as S}from"./deciding-DqrOUmyi.js";import{t as C}from"./menu-EVN520JL.js";import{t as w}from"./links-B2WP-_Kv.js";import{n as T,t as E}from"./element-B0sNSmuN.js";import{t as D}from"./empty-Ckcxtm86.js";import{n as O,t as k}from"./plates-Cs4GfMKR.js";import{t as A}from"./qr-iLTyvTC3.js";import{n as j}from"./sender-BdyALjbR.js";var M=class extends E{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1,this.tagging=!1,this.qr=new A(this)}static{this.styles=[l,v,f,b,s`
:host{display: block;}.panel{overflow: clip;}.body{display: grid;gap: 12px;padding: 16px;}.title{display: flex;flex-wrap: wrap;align-items: start;justify-content: flex-end;gap: 0 4px;}:host([narrow]) .title{flex-wrap: nowrap;}.title h2{flex: 1 1 160px;min-width: 0;padding-top: 8px;overflow-wrap: anywhere;font-size: var(--ha-font-size-xl,20px);font-weight: var(--ha-font-weight-normal,400);line-height: 1.4;}.filaments{display: grid;gap: 4px;}.filaments li{display: flex;align-items: center;gap: 8px;}.actions{display: flex;flex-wrap: wrap;gap: 8px;position: sticky;bottom: 0;padding: 12px 16px;border-top: 1px solid var(--divider-color);background: var(--card-background-color);}.split{display: inline-flex;align-items: center;}.spacer{flex: 1;}:host([narrow]) .panel{flex: 1;border: 0;border-radius: 0;}:host([narrow]){display: flex;flex-direction: column;background: var(--card-background-color);--bvp-plates-height: 240px;}:host([narrow]) .actions{flex-wrap: nowrap;padding: 8px;}:host([narrow]) .actions .button .icon{display: none;}:host([narrow]) .actions > .button,:host([narrow]) .split{flex: 1;min-width: 0;}:host([narrow]) .split{flex-grow: 1.7;}:host([narrow]) .split > .button{flex: 1;min-width: 0;}:host([narrow]) .button{padding: 4px 10px;}:host([narrow]) .actions .button span{overflow: hidden;text-overflow: ellipsis;}.notes{white-space: pre-wrap;overflow-wrap: anywhere;}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}async edit(e){if(this.writing=!1,!Object.keys(e).length)return;let[t]=(await this.app.attempt(this.app.api.editUpload(this.upload.id,e)))?.results??[];t?.result===`already_processed`?this.app.toast(this.t(`decided.already`)):t?.error&&this.app.toast(this.app.sayError(t.error))}copyLink(){let e=location.origin+this.app.url(`inbox`,this.upload.id);this.app.attempt(navigator.clipboard.writeText(e).then(()=>this.app.toast(this.t(`common.link_copied`))))}may(e){return p(e,[this.upload])}facts(){return a`<div class="facts">${k(this.app,this.upload,this.details)}</div>`}filaments(){let{upload:e,details:t}=this,n=t?.filaments??[],{format:i}=this.app,o=n.length?n.map(e=>a`<li>
${_(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${i.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((t,n)=>a`<li>${_(e.filament_colors[n]??null)}<span>${t}</span></li>`);return o.length?a`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${o}
</ul>`:r}warnings(){let{upload:e}=this,{format:t}=this.app;return a`${e.wrong_model?i(`warning`,this.app.say(e.wrong_model)):r}
${e.duplicate_of?i(e.last_failure?`warning`:`info`,e.last_failure?this.t(`known.failed`,{reason:this.app.say(e.last_failure)}):e.print_count&&e.last_printed_at?this.t(`known.printed`,{count:e.print_count,date:t.date(e.last_printed_at)}):this.t(`known.archived`),h({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,e.duplicate_of)})):r}`}actions(){let{upload:e}=this,t=e.print_requested,n=!this.canAct,i=h({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:t?`outlined`:`primary`,disabled:n,onClick:()=>this.decide(`archive`)}),o=a`<span class="split"
>${h({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:t?`primary`:`outlined`,disabled:n,onClick:()=>this.decide(`queue`)})}${m({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:n,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,s=m({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:n,onClick:()=>this.decide(`send_back`)}),c=h({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:n,onClick:()=>this.decide(`discard`)}),l=this.may(`decide`),u=l?t?[o,i]:[i,o]:[],d=this.may(`work`)?c:r;return a`<div class="actions">
${this.narrow?[d,l?[i,o]:r]:[u,a`<span class="spacer"></span>`,l?s:r,d]}
</div>`}quick(){let{upload:t}=this,n=this.t(`common.download`);return a`${this.may(`work`)?[m({label:this.t(`archive.tag_add`),icon:`mdi:tag-plus-outline`,disabled:!this.canAct,onClick:()=>this.tagging=!0}),m({label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0})]:r}
${t.download===null?r:a`<a
class="icon-button"
href=${t.download}
download
aria-label=${n}
title=${n}
>${e(`mdi:download`)}</a
>`}`}async addTags(e){this.tagging=!1;let t=e.split(`,`).map(e=>e.trim()),n=[...new Set([...this.upload.tags,...t])].filter(Boolean);n.length>this.upload.tags.length&&await this.edit({tags:n})}menu(){let{upload:e}=this;return a`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&this.may(`decide`)&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},this.may(`work`)&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>this.copyLink()},this.qr.item(this.app,()=>this.app.url(`inbox`,this.upload.id))]}
></bvp-menu>`}render(){let{upload:t}=this,{format:n}=this.app;return a`<article class="panel card" aria-label=${t.name}>
<bvp-plates
.app=${this.app}
.cover=${t.picture}
.name=${t.name}
.plates=${this.details?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)}
<div class="body">
<div class="title">
${this.narrow?m({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):r}
<h2>${t.name}</h2>
${m({label:this.t(`fact.favourite`),icon:t.favourite?`mdi:star`:`mdi:star-outline`,pressed:t.favourite,disabled:!this.canAct||!this.may(`work`),onClick:()=>void this.edit({favourite:!t.favourite})})}
${this.narrow?r:this.quick()} ${this.menu()}
</div>
<p class="secondary">
${this.t(j(t)?`inbox.sent_by`:`inbox.uploaded`,{source:j(t),printer:t.printer})}
· ${n.ago(t.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${t.print_requested?a`<p>
${u(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:r}
${t.sliced_for&&!t.wrong_model?a`<p class="fact">
${e(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:g(t.sliced_for)})}</span
>
</p>`:r}
<p class="fact">
${e(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:y(this.app,this.app.store.state.targets,t.plan.target,t.plan.target_name)})}</span
>
</p>
${t.notes?a`<p class="notes">${t.notes}</p>`:r}
${t.tags.length||t.project?a`<p class="facts">
${t.project?u(`mdi:folder-outline`,t.project):r}
${t.tags.map(e=>u(`mdi:tag-outline`,e))}
</p>`:r}
</div>
${this.narrow?r:this.actions()}
</article>
${this.narrow?this.actions():r}
${this.tagging?a`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`archive.tag_add`)}
.label=${this.t(`archive.tag`)}
.confirm=${this.t(`common.save`)}
@closed=${()=>this.tagging=!1}
@done=${e=>void this.addTags(e.detail)}
></bvp-text-dialog>`:r}
${this.writing?a`<bvp-notes-dialog
.app=${this.app}
.item=${t}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:r}`}};d([n({attribute:!1})],M.prototype,`upload`,void 0),d([n({type:Boolean,reflect:!0})],M.prototype,`narrow`,void 0),d([n({type:Boolean})],M.prototype,`canAct`,void 0),d([o()],M.prototype,`details`,void 0),d([o()],M.prototype,`writing`,void 0),d([o()],M.prototype,`tagging`,void 0),M=d([t(`bvp-upload`)],M);var N=class extends T{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.onKey=e=>{if(!this.app.shortcuts||C(e)||this.dialog)return;let{inbox:t}=this.state,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.app.go(`inbox`,e.id,{},!0);switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:n&&this.act(`archive`,[n]);break;case`u`:n&&this.act(`queue`,[n]);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:n&&this.act(`discard`,[n]);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[l,v,f,b,s`
:host{display: flex;flex: 1 0 auto;flex-direction: column;}:host([narrow]) .detail{position: static;flex: 1;}.page{display: grid;grid-template-columns: minmax(240px,400px) minmax(340px,1fr);gap: 24px;align-items: start;width: 100%;max-width: 1248px;margin: 0 auto;padding: 16px var(--bvp-gutter) 24px;}:host([narrow]) .page{display: block;padding: 8px var(--bvp-gutter) 16px;}.detail{position: sticky;top: 16px;}.top{display: flex;align-items: center;gap: 8px;min-height: 48px;}.top h2{flex: 1;}.bulk{display: flex;flex-wrap: wrap;gap: 8px;padding-bottom: 8px;}.list{display: grid;grid-template-columns: minmax(0,1fr);gap: 8px;}.item{position: relative;display: flex;align-items: center;}.item.selected{outline: 2px solid var(--primary-color);outline-offset: -1px;}.item > input{flex: none;margin-inline-start: 12px;}.row{display: grid;flex: 1;grid-template-columns: 72px minmax(0,1fr);min-width: 0;gap: 12px;padding: 8px;border-radius: inherit;color: inherit;text-decoration: none;touch-action: pan-y;}.row bvp-picture{align-self: center;}.text{display: grid;grid-template-columns: minmax(0,1fr);gap: 2px;align-content: center;}.head{display: flex;gap: 8px;align-items: baseline;}.name{flex: 1;min-width: 0;display: -webkit-box;overflow: hidden;-webkit-box-orient: vertical;-webkit-line-clamp: 2;font-weight: var(--ha-font-weight-medium,500);overflow-wrap: anywhere;}.welcome{display: grid;justify-items: center;gap: 16px;max-width: 640px;margin: 24px auto;padding: 24px;}.welcome > .icon{--mdc-icon-size: 64px;width: 64px;height: 64px;color: var(--secondary-text-color);}.welcome ol{display: grid;gap: 16px;width: 100%;}.welcome li{display: grid;grid-template-columns: auto minmax(0,1fr) auto;align-items: center;gap: 8px 12px;min-height: 44px;}.line{overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}get current(){let{inbox:e}=this.state;return e.find(e=>e.id===this.route.id)??(this.narrow?void 0:e[0])}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog();let r=new Set(e.map(e=>e.id)),{inbox:i}=this.state,a=i.findIndex(e=>e.id===this.current?.id),o=i.slice(Math.max(0,a)).find(e=>!r.has(e.id))??i.findLast(e=>!r.has(e.id));this.endSelecting(),this.route.id&&r.has(this.route.id)&&this.app.go(`inbox`,this.narrow?null:o?.id??null,{},!0),await S(this.app,e,t,n)}act(e,t){t.length&&this.canAct&&this.may(e,t)&&(e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e))}may(e,t){return p(e===`discard`?`work`:`decide`,t)}openDialog(e,t){this.about=t,this.dialog=e,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.state.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:t}=this.app,n=!this.narrow&&this.current?.id===e.id;return a`<li class="item card ${n?`selected`:``}">
${this.selecting?a`<input
type="checkbox"
aria-label=${e.name}
.checked=${this.selected.has(e.id)}
@change=${t=>this.select(e.id,t.target.checked)}
/>`:r}
<a
class="row"
href=${this.app.url(`inbox`,e.id)}
aria-current=${n?`true`:r}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.selecting?this.select(e.id,!this.selected.has(e.id)):this.app.go(`inbox`,e.id,{},!this.narrow))}}
@touchstart=${{handleEvent:t=>this.onTouchStart(t,e),passive:!0}}
@touchend=${t=>this.onTouchEnd(t,e)}
>
<bvp-picture .src=${e.picture_small}></bvp-picture>
<span class="text">
<span class="head"
><span class="name">${e.name}</span
><span class="secondary small">${t.ago(e.received_at)}</span></span
>
<span class="facts">
${O(this.app,e)}
${c(e.filament_colors,e.filament_types)}
</span>
<span class="secondary line"
>${[e.sender,e.instance,e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
>
<span class="facts">${this.hints(e)}</span>
</span>
</a>
</li>`}hints(e){return[e.print_requested?u(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):r,e.wrong_model?u(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):r,P(this,e)]}get isNew(){let{printers:e,stats:t}=this.state;return t?.ever_archived===0&&t.pending===0&&!e.some(e=>e.uploads_received)}welcome(t){let{app:n,state:i}=this,o=i.printers.some(e=>e.slicers?.length),s=(t,n,i=r)=>a`<li>
${e(t?`mdi:check-circle`:`mdi:circle-outline`)}<span
>${n}${t?a` <span class="visually-hidden">${this.t(`welcome.done`)}</span>`:r}</span
>${t?r:i}
</li>`,c=(e,t)=>h({label:this.t(e),look:`primary`,onClick:t});return a`<div class="welcome card">
${e(`mdi:printer-3d`)}
<h2>${this.t(`welcome.heading`)}</h2>
<ol>
${s(t!==void 0,this.t(`inbox.no_printer`),n.isAdmin?c(`welcome.add`,()=>n.visit(w)):r)}
${s(t!==void 0&&o,this.t(`welcome.connect`),t?c(`printers.connect`,()=>n.go(`printers`,t.id)):r)}
${s(!1,t?this.t(`welcome.send`,{printer:t.name}):this.t(`welcome.send_any`))}
</ol>
</div>`}nothing(){let{printers:e,options:t}=this.state,n=e.find(e=>e.kind===`virtual`&&e.mode===`review`),r=e.find(e=>e.kind===`virtual`);return!r||this.isNew?this.welcome(r):n||t.pending_modes?D(`mdi:inbox-outline`,n?this.t(`inbox.empty_send`,{printer:n.name}):this.t(`inbox.empty`)):D(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),h({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)}))}list(){let{inbox:e}=this.state;return a`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:e.length})}</h2>
${m({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.selecting?this.bulk():r}
<ul class="list">
${x(e,e=>e.id,e=>this.item(e))}
</ul>
${this.state.inbox_more?a`<p class="secondary">${this.t(`inbox.more`)}</p>`:r}
</section>`}bulk(){let e=this.chosen,t=!e.length||!this.canAct;return a`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${h({label:e.length===this.state.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(e.length===this.state.inbox.length?[]:this.state.inbox.map(e=>e.id))})}
${this.may(`archive`,e)?[h({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:t,onClick:()=>this.act(`archive`,e)}),h({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:t,onClick:()=>this.openDialog(`queue`,e)})]:r}
${this.may(`discard`,e)?h({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:t,onClick:()=>this.act(`discard`,e)}):r}
</div>`}dialogPart(){let e=this.about,[t]=e;if(!this.dialog||!t)return r;let n=e.length===1?t.name:this.t(`inbox.files`,{count:e.length}),i=()=>{this.dialog=null};switch(this.dialog){case`queue`:return a`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??t,name:n,plates:this.details?.plates??[],...e.length===1?{}:{plan:null,print_time_s:null,filament_g:null,cost:null}}}
@closed=${i}
@queue=${t=>void this.decide(e,`queue`,t.detail)}
></bvp-queue-dialog>`;case`send_back`:return a`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`send_back.title`,{name:n})}
.question=${this.t(`send_back.text`)}
.label=${this.t(`send_back.note`)}
.confirm=${this.t(`verb.send_back`)}
@closed=${i}
@done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
></bvp-text-dialog>`;case`discard`:return a`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`discard.title`,{name:n})}
.question=${this.t(`discard.text`)}
.confirm=${this.t(`verb.discard`)}
@closed=${i}
@done=${()=>void this.decide(e,`discard`)}
></bvp-text-dialog>`}}detail(e){return a`<bvp-upload
class="detail"
.app=${this.app}
.upload=${e}
.narrow=${this.narrow}
.canAct=${this.canAct}
@decide=${t=>this.act(t.detail,[e])}
@plan=${()=>this.openDialog(`queue`,[e])}
@back=${()=>this.app.go(`inbox`,null,{},!0)}
></bvp-upload>`}render(){let{inbox:e}=this.state,t=this.current;return this.narrow&&this.route.id?a`${t?this.detail(t):D(`mdi:check-circle-outline`,this.t(`inbox.gone`),h({label:this.t(`tab.inbox`),onClick:()=>this.app.go(`inbox`,null,{},!0)}))}
${this.dialogPart()}`:e.length?a`<div class="page">
${this.list()} ${!this.narrow&&t?this.detail(t):r}
</div>
${this.dialogPart()}`:this.nothing()}};d([o()],N.prototype,`selecting`,void 0),d([o()],N.prototype,`selected`,void 0),d([o()],N.prototype,`dialog`,void 0),N=d([t(`bvp-inbox`)],N);function P(e,t){let{t:n,format:i}=e.app;return t.last_failure?u(`mdi:alert-outline`,n(`known.failed`,{reason:e.app.say(t.last_failure)}),`warning`):t.print_count&&t.last_printed_at?u(`mdi:check`,n(`known.printed`,{count:t.print_count,date:i.date(t.last_printed_at)}),`good`):t.duplicate_of?u(`mdi:content-duplicate`,n(`known.archived`)):r}export{N as BvpInbox,P as knownChip};