import{A as e,B as t,D as n,E as r,M as i,O as a,R as o,U as s,c,d as l,f as u,g as d,h as f,i as p,j as m,k as h,n as g,o as _,p as v,r as y,s as b}from"./shared-2mn8ZwXE.js";import{t as x}from"./text-dialog-DK0AK4CI.js";import{n as S,t as C}from"./deciding-DYbEXyUJ.js";import{t as w}from"./menu-Br5TYYDC.js";import{t as T}from"./links-B2WP-_Kv.js";import{n as E,t as D}from"./element-DJxxFH7X.js";import{t as O}from"./empty-BcCdwxCK.js";import{i as k,n as A,r as j,t as M}from"./written-bKfhrpxM.js";import{i as N,s as P}from"./router-eVik0JGx.js";import{t as F}from"./qr-D0447Tez.js";import{n as I}from"./sender-_cUu9Az-.js";var L=[`newest`,`oldest`,`name`,`print_time`,`filament`];function R(e){return`archive.sort_${e}`}function z(e){return L.find(t=>t===e)??`newest`}var B=(e,t)=>(t??-1)-(e??-1);function V(e,t,n){switch(t){case`newest`:return e;case`oldest`:return[...e].reverse();case`name`:return[...e].sort((e,t)=>n.compare(e.name,t.name));case`print_time`:return[...e].sort((e,t)=>B(e.print_time_s,t.print_time_s));case`filament`:return[...e].sort((e,t)=>B(e.filament_g,t.filament_g))}}var H=class extends D{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1,this.tagging=!1,this.qr=new F(this)}static{this.styles=[l,v,f,b,A,s`
:host{display: block;}.panel{overflow: clip;}.body{display: grid;gap: 12px;padding: 16px;}.title{display: flex;flex-wrap: wrap;align-items: start;justify-content: flex-end;gap: 0 4px;}:host([narrow]) .title{flex-wrap: nowrap;}.title h2{flex: 1 1 160px;min-width: 0;padding-top: 8px;overflow-wrap: anywhere;font-size: var(--ha-font-size-xl,20px);font-weight: var(--ha-font-weight-normal,400);line-height: 1.4;}.filaments{display: grid;gap: 4px;}.filaments li{display: flex;align-items: center;gap: 8px;}.actions{display: flex;flex-wrap: wrap;gap: 8px;position: sticky;bottom: 0;padding: 12px 16px;border-top: 1px solid var(--divider-color);background: var(--card-background-color);}.answers{display: flex;flex-wrap: wrap;}.split{display: inline-flex;align-items: center;}.spacer{flex: 1;}:host([narrow]) .panel{flex: 1;border: 0;border-radius: 0;}:host([narrow]){display: flex;flex-direction: column;background: var(--card-background-color);--bvp-plates-height: 240px;}:host([narrow]) .actions{flex-wrap: nowrap;padding: 8px;}:host([narrow]) .actions .button .icon{display: none;}:host([narrow]) .actions > .button,:host([narrow]) .split{flex: 1;min-width: 0;}:host([narrow]) .split{flex-grow: 1.7;}:host([narrow]) .split > .button{flex: 1;min-width: 0;}:host([narrow]) .button{padding: 4px 10px;}:host([narrow]) .actions .button span{overflow: hidden;text-overflow: ellipsis;}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}async edit(e){if(this.writing=!1,!Object.keys(e).length)return;let[t]=(await this.app.attempt(this.app.api.editUpload(this.upload.id,e)))?.results??[];t?.result===`already_processed`?this.app.toast(this.t(`decided.already`)):t?.error&&this.app.toast(this.app.sayError(t.error))}copyLink(){let e=location.origin+this.app.url(`inbox`,this.upload.id);this.app.attempt(navigator.clipboard.writeText(e).then(()=>this.app.toast(this.t(`common.link_copied`))))}may(e){return p(e,[this.upload])}facts(){return t`<div class="facts">${j(this.app,this.upload,this.details)}</div>`}filaments(){let{upload:e,details:n}=this,r=n?.filaments??[],{format:i}=this.app,a=r.length?r.map(e=>t`<li>
${_(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${i.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((n,r)=>t`<li>${_(e.filament_colors[r]??null)}<span>${n}</span></li>`);return a.length?t`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${a}
</ul>`:o}warnings(){let{upload:n}=this,{format:r}=this.app;return t`${n.wrong_model?h(`warning`,this.app.say(n.wrong_model),this.otherModel()):o}
${n.not_queueable&&this.may(`decide`)?h(`info`,this.app.say(n.not_queueable)):o}
${n.duplicate_of?h(n.last_failure?`warning`:`info`,n.last_failure?this.t(`known.failed`,{reason:this.app.say(n.last_failure)}):n.print_count&&n.last_printed_at?this.t(`known.printed`,{count:n.print_count,date:r.date(n.last_printed_at)}):this.t(`known.archived`),e({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,n.duplicate_of)})):o}`}otherModel(){let{upload:n}=this;if(!this.may(`decide`))return o;let r=this.app.store.state.targets.find(e=>e.kind===`model`&&e.sliced_for===n.sliced_for);return t`<span class="answers"
>${r&&!n.not_queueable?e({label:this.t(`inbox.queue_for_any`,{model:g(r.sliced_for)}),look:`plain`,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`queue-for`,{detail:r.id}))}):o}
${e({label:this.t(`verb.send_back_dots`),look:`plain`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)})}</span
>`}actions(){let{upload:n}=this,r=!!n.not_queueable,a=n.print_requested&&!r,s=!this.canAct,c=e({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:a?`outlined`:`primary`,disabled:s,onClick:()=>this.decide(`archive`)}),l=t`<span class="split"
>${e({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:a?`primary`:`outlined`,disabled:s||r,onClick:()=>this.decide(`queue`)})}${i({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:s||r,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,u=i({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:s,onClick:()=>this.decide(`send_back`)}),d=e({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:s,onClick:()=>this.decide(`discard`)}),f=this.may(`decide`),p=f?a?[l,c]:[c,l]:[],m=this.may(`work`)?d:o;return t`<div class="actions">
${this.narrow?[m,f?[c,l]:o]:[p,t`<span class="spacer"></span>`,f?u:o,m]}
</div>`}quick(){let{upload:e}=this,n=this.t(`common.download`);return t`${this.may(`work`)?[i({label:this.t(`archive.tag_add`),icon:`mdi:tag-plus-outline`,disabled:!this.canAct,onClick:()=>this.tagging=!0}),i({label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0})]:o}
${e.download===null?o:t`<a
class="icon-button"
href=${e.download}
download
aria-label=${n}
title=${n}
>${m(`mdi:download`)}</a
>`}`}async addTags(e){this.tagging=!1;let t=e.split(`,`).map(e=>e.trim()),n=[...new Set([...this.upload.tags,...t])].filter(Boolean);n.length>this.upload.tags.length&&await this.edit({tags:n})}menu(){let{upload:e}=this;return t`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&this.may(`decide`)&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},this.may(`work`)&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>this.copyLink()},this.qr.item(this.app,()=>this.app.url(`inbox`,this.upload.id))]}
></bvp-menu>`}render(){let{upload:e}=this,{format:n}=this.app;return t`<article class="panel card" aria-label=${e.name}>
<bvp-plates
.app=${this.app}
.cover=${e.picture}
.name=${e.name}
.plates=${this.details?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)}
<div class="body">
<div class="title">
${this.narrow?i({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):o}
<h2>${e.name}</h2>
${i({label:this.t(`fact.favourite`),icon:e.favourite?`mdi:star`:`mdi:star-outline`,pressed:e.favourite,disabled:!this.canAct||!this.may(`work`),onClick:()=>void this.edit({favourite:!e.favourite})})}
${this.narrow?o:this.quick()} ${this.menu()}
</div>
<p class="secondary">
${this.t(I(e)?`inbox.sent_by`:`inbox.uploaded`,{source:I(e),printer:e.printer})}
· ${n.ago(e.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${e.print_requested?t`<p>
${u(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:o}
${e.sliced_for&&!e.wrong_model?t`<p class="fact">
${m(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:g(e.sliced_for)})}</span
>
</p>`:o}
<p class="fact">
${m(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:y(this.app,this.app.store.state.targets,e.plan.target,e.plan.target_name)})}</span
>
</p>
${M(e)}
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
></bvp-notes-dialog>`:o}`}};d([n({attribute:!1})],H.prototype,`upload`,void 0),d([n({type:Boolean,reflect:!0})],H.prototype,`narrow`,void 0),d([n({type:Boolean})],H.prototype,`canAct`,void 0),d([r()],H.prototype,`details`,void 0),d([r()],H.prototype,`writing`,void 0),d([r()],H.prototype,`tagging`,void 0),H=d([a(`bvp-upload`)],H);var U=`bvp-inbox-order`,W=class extends E{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.order=z(N(U)??null),this.problem=``,this.isSending=!1,this.onKey=e=>{if(!this.app.shortcuts||w(e)||this.dialog)return;let{inbox:t}=this,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.app.go(`inbox`,e.id,{},!0);switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:n&&this.act(`archive`,[n]);break;case`u`:n&&this.act(`queue`,[n]);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:n&&this.act(`discard`,[n]);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[l,v,f,b,s`
:host{display: flex;flex: 1 0 auto;flex-direction: column;}:host([narrow]) .detail{position: static;flex: 1;}.page{display: grid;grid-template-columns: minmax(240px,400px) minmax(340px,1fr);gap: 24px;align-items: start;width: 100%;max-width: 1248px;margin: 0 auto;padding: 16px var(--bvp-gutter) 24px;}:host([narrow]) .page{display: block;padding: 8px var(--bvp-gutter) 16px;}.detail{position: sticky;top: 16px;}.top{display: flex;align-items: center;gap: 8px;min-height: 48px;padding-bottom: 8px;}.top h2{flex: 1;line-height: 1.3;}.top select{width: auto;min-width: 0;max-width: 45%;}.bulk{display: flex;flex-wrap: wrap;gap: 8px;padding-bottom: 8px;}.list{display: grid;grid-template-columns: minmax(0,1fr);gap: 8px;}.item{position: relative;display: flex;align-items: center;}.item.selected{outline: 2px solid var(--primary-color);outline-offset: -1px;}.item > input{flex: none;margin-inline-start: 12px;}.row{display: grid;flex: 1;grid-template-columns: 72px minmax(0,1fr);min-width: 0;gap: 12px;padding: 8px;border-radius: inherit;color: inherit;text-decoration: none;touch-action: pan-y;}.row bvp-picture{align-self: center;}.text{display: grid;grid-template-columns: minmax(0,1fr);gap: 2px;align-content: center;}.head{display: flex;gap: 8px;align-items: baseline;}.name{flex: 1;min-width: 0;display: -webkit-box;overflow: hidden;-webkit-box-orient: vertical;-webkit-line-clamp: 2;font-weight: var(--ha-font-weight-medium,500);overflow-wrap: anywhere;}.welcome{display: grid;justify-items: center;gap: 16px;max-width: 640px;margin: 24px auto;padding: 24px;}.welcome > .icon{--mdc-icon-size: 64px;width: 64px;height: 64px;color: var(--secondary-text-color);}.welcome ol{display: grid;gap: 16px;width: 100%;}.welcome li{display: grid;grid-template-columns: auto minmax(0,1fr) auto;align-items: center;gap: 8px 12px;min-height: 44px;}.line{overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}get inbox(){return V(this.state.inbox,this.order,this.app.format)}get current(){let{inbox:e}=this;return e.find(e=>e.id===this.route.id)??(this.narrow?void 0:e[0])}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog(),this.moveOn(e),await C(this.app,e,t,n)}async queueAsAsked(e){let{about:t}=this;this.problem=``,this.isSending=!0;let n=await C(this.app,t,`queue`,e,e=>this.problem=e);this.isSending=!1,this.about===t&&(n.length?this.about=n:this.closeDialog(),this.moveOn(t.filter(e=>!n.includes(e))))}moveOn(e){let t=new Set(e.map(e=>e.id)),{inbox:n}=this,r=n.findIndex(e=>t.has(e.id)),i=n.slice(Math.max(0,r)).find(e=>!t.has(e.id))??n.findLast(e=>!t.has(e.id));this.endSelecting(),this.route.id&&t.has(this.route.id)&&this.app.go(`inbox`,this.narrow?null:i?.id??null,{},!0)}act(e,t){if(!t.length||!this.canAct||!this.may(e,t))return;let n=e===`queue`?S(t):null;n?this.app.toast({message:this.app.say(n)}):e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e)}may(e,t){return p(e===`discard`?`work`:`decide`,t)}openDialog(e,t){this.about=t,this.dialog=e,this.problem=``,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:n}=this.app,r=!this.narrow&&this.current?.id===e.id;return t`<li class="item card ${r?`selected`:``}">
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
${k(this.app,e)}
${c(e.filament_colors,e.filament_types)}
</span>
<span class="secondary line"
>${[e.sender,e.instance,e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
>
<span class="facts">${this.hints(e)}</span>
</span>
</a>
</li>`}hints(e){return[e.print_requested?u(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):o,e.wrong_model?u(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):o,e.not_queueable?u(`mdi:playlist-remove`,this.t(`inbox.not_queueable`),`warning`):o,G(this,e)]}get isNew(){let{printers:e,stats:t}=this.state;return t?.ever_archived===0&&t.pending===0&&!e.some(e=>e.uploads_received)}welcome(n){let{app:r,state:i}=this,a=i.printers.some(e=>e.slicers?.length),s=(e,n,r=o)=>t`<li>
${m(e?`mdi:check-circle`:`mdi:circle-outline`)}<span
>${n}${e?t` <span class="visually-hidden">${this.t(`welcome.done`)}</span>`:o}</span
>${e?o:r}
</li>`,c=(t,n)=>e({label:this.t(t),look:`primary`,onClick:n});return t`<div class="welcome card">
${m(`mdi:printer-3d`)}
<h2>${this.t(`welcome.heading`)}</h2>
<ol>
${s(n!==void 0,this.t(`inbox.no_printer`),r.isAdmin?c(`welcome.add`,()=>r.visit(T)):o)}
${s(n!==void 0&&a,this.t(`welcome.connect`),n?c(`printers.connect`,()=>r.go(`printers`,n.id)):o)}
${s(!1,n?this.t(`welcome.send`,{printer:n.name}):this.t(`welcome.send_any`))}
</ol>
</div>`}nothing(){let{printers:t,options:n}=this.state,r=t.find(e=>e.kind===`virtual`&&e.mode===`review`),i=t.find(e=>e.kind===`virtual`);return!i||this.isNew?this.welcome(i):r||n.pending_modes?O(`mdi:inbox-outline`,r?this.t(`inbox.empty_send`,{printer:r.name}):this.t(`inbox.empty`)):O(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),e({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)}))}orderPart(){return t`<select
aria-label=${this.t(`archive.sort`)}
@change=${e=>{this.order=z(e.target.value),P(U,this.order)}}
>
${L.map(e=>t`<option value=${e} ?selected=${e===this.order}>
${this.t(R(e))}
</option>`)}
</select>`}list(){let{inbox:e}=this;return t`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:e.length})}</h2>
${e.length>1?this.orderPart():o}
${i({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.selecting?this.bulk():o}
<ul class="list">
${x(e,e=>e.id,e=>this.item(e))}
</ul>
${this.state.inbox_more?t`<p class="secondary">${this.t(`inbox.more`)}</p>`:o}
</section>`}bulk(){let n=this.chosen,r=!n.length||!this.canAct,i=S(n);return t`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${e({label:n.length===this.state.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(n.length===this.state.inbox.length?[]:this.state.inbox.map(e=>e.id))})}
${this.may(`archive`,n)?[e({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:r,onClick:()=>this.act(`archive`,n)}),e({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:r||i!==null,title:i?this.app.say(i):void 0,onClick:()=>this.openDialog(`queue`,n)})]:o}
${this.may(`discard`,n)?e({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:r,onClick:()=>this.act(`discard`,n)}):o}
</div>`}dialogPart(){let e=this.about,[n]=e;if(!this.dialog||!n)return o;let r=e.length===1?n.name:this.t(`inbox.files`,{count:e.length}),i=()=>this.closeDialog();switch(this.dialog){case`queue`:return t`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??n,name:r,plates:this.details?.plates??[],...e.length===1?{file:{upload_id:n.id}}:{plan:null,print_time_s:null,filament_g:null,cost:null}}}
.problem=${this.problem}
.busy=${this.isSending}
@closed=${i}
@queue=${e=>void this.queueAsAsked(e.detail)}
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
@queue-for=${t=>void this.decide([e],`queue`,{target:t.detail})}
@back=${()=>this.app.go(`inbox`,null,{},!0)}
></bvp-upload>`}render(){let{inbox:n}=this.state,r=this.current;return this.narrow&&this.route.id?t`${r?this.detail(r):O(`mdi:check-circle-outline`,this.t(`inbox.gone`),e({label:this.t(`tab.inbox`),onClick:()=>this.app.go(`inbox`,null,{},!0)}))}
${this.dialogPart()}`:n.length?t`<div class="page">
${this.list()} ${!this.narrow&&r?this.detail(r):o}
</div>
${this.dialogPart()}`:this.nothing()}};d([r()],W.prototype,`selecting`,void 0),d([r()],W.prototype,`selected`,void 0),d([r()],W.prototype,`dialog`,void 0),d([r()],W.prototype,`order`,void 0),d([r()],W.prototype,`problem`,void 0),d([r()],W.prototype,`isSending`,void 0),W=d([a(`bvp-inbox`)],W);function G(e,t){let{t:n,format:r}=e.app;return t.last_failure?u(`mdi:alert-outline`,n(`known.failed`,{reason:e.app.say(t.last_failure)}),`warning`):t.print_count&&t.last_printed_at?u(`mdi:check`,n(`known.printed`,{count:t.print_count,date:r.date(t.last_printed_at)}),`good`):t.duplicate_of?u(`mdi:content-duplicate`,n(`known.archived`)):o}export{W as BvpInbox,G as knownChip};