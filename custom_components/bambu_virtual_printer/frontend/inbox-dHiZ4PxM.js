import{A as e,D as t,E as n,M as r,O as i,V as a,W as o,c as s,d as c,f as l,g as u,h as d,i as f,j as p,k as m,n as h,o as g,p as _,r as v,s as y,z as b}from"./shared-D5oqGH8r.js";import{t as x}from"./text-dialog-C1u8lKQ1.js";import{n as S,t as C}from"./deciding-B_Xcdmjz.js";import{t as w}from"./menu-D12HhxQs.js";import{n as T}from"./links-L-Eri7la.js";import{n as E,t as D}from"./element-CmKutrvi.js";import{t as O}from"./empty-Bq9jDBeg.js";import{i as k,n as A,r as j,t as M}from"./written-Bw4HG6Z7.js";import{n as N,t as P}from"./instance-choice-BnOwuyET.js";import{a as F,c as I}from"./router-DDfbl-vM.js";import{t as L}from"./qr-CaV21rw-.js";import{n as R}from"./sender-wv-lHzfO.js";var z=[`newest`,`oldest`,`name`,`print_time`,`filament`];function B(e){return`archive.sort_${e}`}function V(e){return z.find(t=>t===e)??`newest`}var H=(e,t)=>(t??-1)-(e??-1);function U(e,t,n){switch(t){case`newest`:return e;case`oldest`:return[...e].reverse();case`name`:return[...e].sort((e,t)=>n.compare(e.name,t.name));case`print_time`:return[...e].sort((e,t)=>H(e.print_time_s,t.print_time_s));case`filament`:return[...e].sort((e,t)=>H(e.filament_g,t.filament_g))}}var W=class extends D{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1,this.tagging=!1,this.qr=new L(this)}static{this.styles=[c,_,d,y,A,o`
:host{display: block;}.panel{overflow: clip;}.body{display: grid;gap: 12px;padding: 16px;}.title{display: flex;flex-wrap: wrap;align-items: start;justify-content: flex-end;gap: 0 4px;}:host([narrow]) .title{flex-wrap: nowrap;}.title h2{flex: 1 1 160px;min-width: 0;padding-top: 8px;overflow-wrap: anywhere;font-size: var(--ha-font-size-xl,20px);font-weight: var(--ha-font-weight-normal,400);line-height: 1.4;}.filaments{display: grid;gap: 4px;}.filaments li{display: flex;align-items: center;gap: 8px;}.actions{display: flex;flex-wrap: wrap;gap: 8px;position: sticky;bottom: 0;padding: 12px 16px;border-top: 1px solid var(--divider-color);background: var(--card-background-color);}.answers{display: flex;flex-wrap: wrap;}.split{display: inline-flex;align-items: center;}.spacer{flex: 1;}:host([narrow]) .panel{flex: 1;border: 0;border-radius: 0;}:host([narrow]){display: flex;flex-direction: column;background: var(--card-background-color);--bvp-plates-height: 240px;}:host([narrow]) .actions{flex-wrap: nowrap;padding: 8px;}:host([narrow]) .actions .button .icon{display: none;}:host([narrow]) .actions > .button,:host([narrow]) .split{flex: 1;min-width: 0;}:host([narrow]) .split{flex-grow: 1.7;}:host([narrow]) .split > .button{flex: 1;min-width: 0;}:host([narrow]) .button{padding: 4px 10px;}:host([narrow]) .actions .button span{overflow: hidden;text-overflow: ellipsis;}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}async edit(e){if(this.writing=!1,!Object.keys(e).length)return;let[t]=(await this.app.attempt(this.app.api.editUpload(this.upload.id,e)))?.results??[];t?.result===`already_processed`?this.app.toast(this.t(`decided.already`)):t?.error&&this.app.toast(this.app.sayError(t.error))}copyLink(){let e=location.origin+this.app.url(`inbox`,this.upload.id);this.app.attempt(navigator.clipboard.writeText(e).then(()=>this.app.toast(this.t(`common.link_copied`))))}may(e){return f(e,[this.upload])}facts(){return a`<div class="facts">${j(this.app,this.upload,this.details)}</div>`}filaments(){let{upload:e,details:t}=this,n=t?.filaments??[],{format:r}=this.app,i=n.length?n.map(e=>a`<li>
${g(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${r.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((t,n)=>a`<li>${g(e.filament_colors[n]??null)}<span>${t}</span></li>`);return i.length?a`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${i}
</ul>`:b}warnings(){let{upload:t}=this,{format:n}=this.app;return a`${t.wrong_model?m(`warning`,this.app.say(t.wrong_model),this.otherModel()):b}
${t.not_queueable&&this.may(`decide`)?m(`info`,this.app.say(t.not_queueable)):b}
${t.duplicate_of?m(t.last_failure?`warning`:`info`,t.last_failure?this.t(`known.failed`,{reason:this.app.say(t.last_failure)}):t.print_count&&t.last_printed_at?this.t(`known.printed`,{count:t.print_count,date:n.date(t.last_printed_at)}):this.t(`known.archived`),e({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,t.duplicate_of)})):b}`}otherModel(){let{upload:t}=this;if(!this.may(`decide`))return b;let n=this.app.store.state.targets.find(e=>e.kind===`model`&&e.sliced_for===t.sliced_for);return a`<span class="answers"
>${n&&!t.not_queueable?e({label:this.t(`inbox.queue_for_any`,{model:h(n.sliced_for)}),look:`plain`,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`queue-for`,{detail:n.id}))}):b}
${e({label:this.t(`verb.send_back_dots`),look:`plain`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)})}</span
>`}actions(){let{upload:t}=this,n=!!t.not_queueable,i=t.print_requested&&!n,o=!this.canAct,s=e({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:i?`outlined`:`primary`,disabled:o,onClick:()=>this.decide(`archive`)}),c=a`<span class="split"
>${e({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:i?`primary`:`outlined`,disabled:o||n,onClick:()=>this.decide(`queue`)})}${r({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:o||n,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,l=r({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:o,onClick:()=>this.decide(`send_back`)}),u=e({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:o,onClick:()=>this.decide(`discard`)}),d=this.may(`decide`),f=d?i?[c,s]:[s,c]:[],p=this.may(`work`)?u:b;return a`<div class="actions">
${this.narrow?[p,d?[s,c]:b]:[f,a`<span class="spacer"></span>`,d?l:b,p]}
</div>`}quick(){let{upload:e}=this,t=this.t(`common.download`);return a`${this.may(`work`)?[r({label:this.t(`archive.tag_add`),icon:`mdi:tag-plus-outline`,disabled:!this.canAct,onClick:()=>this.tagging=!0}),r({label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0})]:b}
${e.download===null?b:a`<a
class="icon-button"
href=${e.download}
download
aria-label=${t}
title=${t}
>${p(`mdi:download`)}</a
>`}`}async addTags(e){this.tagging=!1;let t=e.split(`,`).map(e=>e.trim()),n=[...new Set([...this.upload.tags,...t])].filter(Boolean);n.length>this.upload.tags.length&&await this.edit({tags:n})}menu(){let{upload:e}=this;return a`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&this.may(`decide`)&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},this.may(`work`)&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>this.copyLink()},this.qr.item(this.app,()=>this.app.url(`inbox`,this.upload.id))]}
></bvp-menu>`}render(){let{upload:e}=this,{format:t}=this.app;return a`<article class="panel card" aria-label=${e.name}>
<bvp-plates
.app=${this.app}
.cover=${e.picture}
.name=${e.name}
.plates=${this.details?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)}
<div class="body">
<div class="title">
${this.narrow?r({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):b}
<h2>${e.name}</h2>
${r({label:this.t(`fact.favourite`),icon:e.favourite?`mdi:star`:`mdi:star-outline`,pressed:e.favourite,disabled:!this.canAct||!this.may(`work`),onClick:()=>void this.edit({favourite:!e.favourite})})}
${this.narrow?b:this.quick()} ${this.menu()}
</div>
<p class="secondary">
${this.t(R(e)?`inbox.sent_by`:`inbox.uploaded`,{source:R(e),printer:e.printer})}
· ${t.ago(e.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${e.print_requested?a`<p>
${l(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:b}
${e.sliced_for&&!e.wrong_model?a`<p class="fact">
${p(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:h(e.sliced_for)})}</span
>
</p>`:b}
<p class="fact">
${p(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:v(this.app,this.app.store.state.targets,e.plan.target,e.plan.target_name)})}</span
>
</p>
${M(e)}
</div>
${this.narrow?b:this.actions()}
</article>
${this.narrow?this.actions():b}
${this.tagging?a`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`archive.tag_add`)}
.label=${this.t(`archive.tag`)}
.confirm=${this.t(`common.save`)}
@closed=${()=>this.tagging=!1}
@done=${e=>void this.addTags(e.detail)}
></bvp-text-dialog>`:b}
${this.writing?a`<bvp-notes-dialog
.app=${this.app}
.item=${e}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:b}`}};u([t({attribute:!1})],W.prototype,`upload`,void 0),u([t({type:Boolean,reflect:!0})],W.prototype,`narrow`,void 0),u([t({type:Boolean})],W.prototype,`canAct`,void 0),u([n()],W.prototype,`details`,void 0),u([n()],W.prototype,`writing`,void 0),u([n()],W.prototype,`tagging`,void 0),W=u([i(`bvp-upload`)],W);var G=`bvp-inbox-order`,K=class extends E{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.order=V(F(G)??null),this.problem=``,this.isSending=!1,this.onKey=e=>{if(!this.app.shortcuts||w(e)||this.dialog)return;let{inbox:t}=this,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.go(e.id,!0);switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:n&&this.act(`archive`,[n]);break;case`u`:n&&this.act(`queue`,[n]);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:n&&this.act(`discard`,[n]);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[c,_,d,y,o`
:host{display: flex;flex: 1 0 auto;flex-direction: column;}:host([narrow]) .detail{position: static;flex: 1;}.page{display: grid;grid-template-columns: minmax(240px,400px) minmax(340px,1fr);gap: 24px;align-items: start;width: 100%;max-width: 1248px;margin: 0 auto;padding: 16px var(--bvp-gutter) 24px;}:host([narrow]) .page{display: block;padding: 8px var(--bvp-gutter) 16px;}.detail{position: sticky;top: 16px;}.top{display: flex;align-items: center;gap: 8px;min-height: 48px;padding-bottom: 8px;}.top h2{flex: 1;line-height: 1.3;}.top select{width: auto;min-width: 0;max-width: 45%;}.bulk{display: flex;flex-wrap: wrap;gap: 8px;padding-bottom: 8px;}.list{display: grid;grid-template-columns: minmax(0,1fr);gap: 8px;}.item{position: relative;display: flex;align-items: center;}.item.selected{outline: 2px solid var(--primary-color);outline-offset: -1px;}.item > input{flex: none;margin-inline-start: 12px;}.row{display: grid;flex: 1;grid-template-columns: 72px minmax(0,1fr);min-width: 0;gap: 12px;padding: 8px;border-radius: inherit;color: inherit;text-decoration: none;touch-action: pan-y;}.row bvp-picture{align-self: center;}.text{display: grid;grid-template-columns: minmax(0,1fr);gap: 2px;align-content: center;}.head{display: flex;gap: 8px;align-items: baseline;}.name{flex: 1;min-width: 0;display: -webkit-box;overflow: hidden;-webkit-box-orient: vertical;-webkit-line-clamp: 2;font-weight: var(--ha-font-weight-medium,500);overflow-wrap: anywhere;}.welcome{display: grid;justify-items: center;gap: 16px;max-width: 640px;margin: 24px auto;padding: 24px;}.welcome > .icon{--mdc-icon-size: 64px;width: 64px;height: 64px;color: var(--secondary-text-color);}.welcome ol{display: grid;gap: 16px;width: 100%;}.welcome li{display: grid;grid-template-columns: auto minmax(0,1fr) auto;align-items: center;gap: 8px 12px;min-height: 44px;}.line{overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}get inbox(){return U(N(this.state.inbox,this.instance),this.order,this.app.format)}get instance(){return this.route.query.get(`instance`)??``}go(e,t){this.app.go(`inbox`,e,this.query,t)}get query(){return Object.fromEntries(this.route.query)}get current(){let{inbox:e}=this;return this.state.inbox.find(e=>e.id===this.route.id)??(this.narrow?void 0:e[0])}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog(),this.moveOn(e),await C(this.app,e,t,n)}async queueAsAsked({plan:e,ids:t}){let{about:n}=this,r=n.length>1?n.filter(({id:e})=>t.includes(e)):n;this.problem=``,this.isSending=!0;let i=await C(this.app,r,`queue`,e,(e,t)=>{let n=r.length>1&&r.find(e=>e.id===t);this.problem=n?this.t(`queue_dialog.refused`,{name:n.name,why:e}):e});this.isSending=!1,this.about===n&&(i.length?this.about=i:this.closeDialog(),this.moveOn(r.filter(e=>!i.includes(e))))}moveOn(e){let t=new Set(e.map(e=>e.id)),{inbox:n}=this,r=n.findIndex(e=>t.has(e.id)),i=n.slice(Math.max(0,r)).find(e=>!t.has(e.id))??n.findLast(e=>!t.has(e.id));this.endSelecting(),this.route.id&&t.has(this.route.id)&&this.go(this.narrow?null:i?.id??null,!0)}act(e,t){if(!t.length||!this.canAct||!this.may(e,t))return;let n=e===`queue`?S(t):null;n?this.app.toast({message:this.app.say(n)}):e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e)}may(e,t){return f(e===`discard`?`work`:`decide`,t)}openDialog(e,t){this.about=t,this.dialog=e,this.problem=``,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:t}=this.app,n=!this.narrow&&this.current?.id===e.id;return a`<li class="item card ${n?`selected`:``}">
${this.selecting?a`<input
type="checkbox"
aria-label=${e.name}
.checked=${this.selected.has(e.id)}
@change=${t=>this.select(e.id,t.target.checked)}
/>`:b}
<a
class="row"
href=${this.app.url(`inbox`,e.id,this.query)}
aria-current=${n?`true`:b}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.selecting?this.select(e.id,!this.selected.has(e.id)):this.go(e.id,!this.narrow))}}
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
${k(this.app,e)}
${s(e.filament_colors,e.filament_types)}
</span>
<span class="secondary line"
>${[e.sender,e.instance,e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
>
<span class="facts">${this.hints(e)}</span>
</span>
</a>
</li>`}hints(e){return[e.print_requested?l(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):b,e.wrong_model?l(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):b,e.not_queueable?l(`mdi:playlist-remove`,this.t(`inbox.not_queueable`),`warning`):b,q(this,e)]}get isNew(){let{printers:e,stats:t}=this.state;return t?.ever_archived===0&&t.pending===0&&!e.some(e=>e.uploads_received)}welcome(t){let{app:n,state:r}=this,i=r.printers.some(e=>e.slicers?.length),o=(e,t,n=b)=>a`<li>
${p(e?`mdi:check-circle`:`mdi:circle-outline`)}<span
>${t}${e?a` <span class="visually-hidden">${this.t(`welcome.done`)}</span>`:b}</span
>${e?b:n}
</li>`,s=(t,n)=>e({label:this.t(t),look:`primary`,onClick:n});return a`<div class="welcome card">
${p(`mdi:printer-3d`)}
<h2>${this.t(`welcome.heading`)}</h2>
<ol>
${o(t!==void 0,this.t(`inbox.no_printer`),n.isAdmin?s(`welcome.add`,()=>n.visit(T)):b)}
${o(t!==void 0&&i,this.t(`welcome.connect`),t?s(`printers.connect`,()=>n.go(`printers`,t.id)):b)}
${o(!1,t?this.t(`welcome.send`,{printer:t.name}):this.t(`welcome.send_any`))}
</ol>
</div>`}nothing(){let{printers:t,options:n}=this.state,r=t.find(e=>e.kind===`virtual`&&e.mode===`review`),i=t.find(e=>e.kind===`virtual`);return!i||this.isNew?this.welcome(i):r||n.pending_modes?O(`mdi:inbox-outline`,r?this.t(`inbox.empty_send`,{printer:r.name}):this.t(`inbox.empty`)):O(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),e({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)}))}orderPart(){return a`<select
aria-label=${this.t(`archive.sort`)}
@change=${e=>{this.order=V(e.target.value),I(G,this.order)}}
>
${z.map(e=>a`<option value=${e} ?selected=${e===this.order}>
${this.t(B(e))}
</option>`)}
</select>`}list(){let{inbox:e}=this;return a`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:e.length})}</h2>
${P(this.app,this.state.options,this.instance,e=>this.app.go(`inbox`,null,{...this.query,instance:e},!0))}
${e.length>1?this.orderPart():b}
${r({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.selecting?this.bulk():b}
<ul class="list">
${x(e,e=>e.id,e=>this.item(e))}
</ul>
${e.length?b:O(`mdi:inbox-outline`,this.t(`inbox.empty_filter`))}
${this.state.inbox_more?a`<p class="secondary">${this.t(`inbox.more`)}</p>`:b}
</section>`}bulk(){let t=this.chosen,n=!t.length||!this.canAct;return a`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${e({label:t.length===this.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(t.length===this.inbox.length?[]:this.inbox.map(e=>e.id))})}
${this.may(`archive`,t)?[e({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:n,onClick:()=>this.act(`archive`,t)}),e({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:n,onClick:()=>this.openDialog(`queue`,t)})]:b}
${this.may(`discard`,t)?e({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:n,onClick:()=>this.act(`discard`,t)}):b}
</div>`}dialogPart(){let e=this.about,[t]=e;if(!this.dialog||!t)return b;let n=e.length===1?t.name:this.t(`inbox.files`,{count:e.length}),r=()=>this.closeDialog();switch(this.dialog){case`queue`:return a`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??t,name:n,plates:this.details?.plates??[],...e.length===1?{file:{upload_id:t.id}}:{plan:null,not_queueable:null,files:e,of:`upload_ids`}}}
.problem=${this.problem}
.busy=${this.isSending}
@closed=${r}
@queue=${e=>void this.queueAsAsked(e.detail)}
></bvp-queue-dialog>`;case`send_back`:return a`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`send_back.title`,{name:n})}
.question=${this.t(`send_back.text`)}
.label=${this.t(`send_back.note`)}
.confirm=${this.t(`verb.send_back`)}
@closed=${r}
@done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
></bvp-text-dialog>`;case`discard`:return a`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`discard.title`,{name:n})}
.question=${this.t(`discard.text`)}
.confirm=${this.t(`verb.discard`)}
@closed=${r}
@done=${()=>void this.decide(e,`discard`)}
></bvp-text-dialog>`}}detail(e){return a`<bvp-upload
class="detail"
.app=${this.app}
.upload=${e}
.narrow=${this.narrow}
.canAct=${this.canAct}
@decide=${t=>this.act(t.detail,[e])}
@plan=${()=>this.openDialog(`queue`,[e])}
@queue-for=${t=>void this.decide([e],`queue`,{target:t.detail})}
@back=${()=>this.go(null,!0)}
></bvp-upload>`}render(){let{inbox:t}=this.state,n=this.current;return this.narrow&&this.route.id?a`${n?this.detail(n):O(`mdi:check-circle-outline`,this.t(`inbox.gone`),e({label:this.t(`tab.inbox`),onClick:()=>this.go(null,!0)}))}
${this.dialogPart()}`:t.length?a`<div class="page">
${this.list()} ${!this.narrow&&n?this.detail(n):b}
</div>
${this.dialogPart()}`:this.nothing()}};u([n()],K.prototype,`selecting`,void 0),u([n()],K.prototype,`selected`,void 0),u([n()],K.prototype,`dialog`,void 0),u([n()],K.prototype,`order`,void 0),u([n()],K.prototype,`problem`,void 0),u([n()],K.prototype,`isSending`,void 0),K=u([i(`bvp-inbox`)],K);function q(e,t){let{t:n,format:r}=e.app;return t.last_failure?l(`mdi:alert-outline`,n(`known.failed`,{reason:e.app.say(t.last_failure)}),`warning`):t.print_count&&t.last_printed_at?l(`mdi:check`,n(`known.printed`,{count:t.print_count,date:r.date(t.last_printed_at)}),`good`):t.duplicate_of?l(`mdi:content-duplicate`,n(`known.archived`)):b}export{K as BvpInbox,q as knownChip};