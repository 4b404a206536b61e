import{$ as e,L as t,M as n,N as r,P as i,Q as a,V as o,W as s,X as c,Z as l,_ as u,a as d,b as f,c as p,ct as m,dt as h,h as g,i as _,l as v,m as y,n as b,o as x,ot as S,p as C,t as w,u as T,v as E,y as D}from"./shared-BtzMd3S0.js";import{t as O}from"./repeat-BqRPG6_A.js";import{C as k,S as A,T as j,i as M,n as N,p as P,s as F,t as I}from"./parts-LSmttsBT.js";import{n as L,t as R}from"./written-CkLcqLmK.js";import{t as z}from"./qr-D3ieOu_H.js";var B=[`newest`,`oldest`,`name`,`print_time`,`filament`];function V(e){return`archive.sort_${e}`}function H(e){return B.find(t=>t===e)??`newest`}var U=(e,t)=>(t??-1)-(e??-1);function W(e,t,n){switch(t){case`newest`:return e;case`oldest`:return[...e].reverse();case`name`:return[...e].sort((e,t)=>n.compare(e.name,t.name));case`print_time`:return[...e].sort((e,t)=>U(e.print_time_s,t.print_time_s));case`filament`:return[...e].sort((e,t)=>U(e.filament_g,t.filament_g))}}var G=Symbol(`already processed`),K=class extends w{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1,this.edit=async e=>{if(this.writing=!1,!Object.keys(e).length)return!0;let{id:t}=this.upload,{api:n,store:r}=this.app,i=n.editUpload(t,e).then(({results:[e]})=>{if(e?.error)throw e.error;if(e?.result===`already_processed`)throw G;return!0});return r.guess(n=>({...n,inbox:n.inbox.map(n=>n.id===t?{...n,...e}:n)}),i),i.catch(e=>(this.app.toast(e===G?this.t(`decided.already`):this.app.sayError(e)),!1))},this.qr=new z(this)}static{this.styles=[C,g,u,v,h`
:host{display:block}.panel{display:flex;flex-direction:column;max-height:calc(100dvh - var(--bvp-header,56px) - 32px);overflow:clip}.scroll{flex:1;min-height:0;overflow:auto}.body{display:grid;gap:12px;padding:16px}.title{display:flex;flex-wrap:wrap;align-items:start;justify-content:flex-end;gap:0 4px}:host([narrow]) .title{flex-wrap:nowrap}.title h2{flex:1 1 160px;min-width:0;padding-top:8px;overflow-wrap:anywhere;font-size:var(--ha-font-size-xl,20px);font-weight:var(--ha-font-weight-normal,400);line-height:1.4}.filaments{display:grid;gap:4px}.filaments li{display:flex;align-items:center;gap:8px}.actions{display:flex;flex-wrap:wrap;flex:none;gap:8px;padding:12px 16px;border-top:1px solid var(--divider-color);background:var(--card-background-color)}.answers{display:flex;flex-wrap:wrap}.split{display:inline-flex;align-items:center}.spacer{flex:1}:host([narrow]) .panel{flex:1;min-height:0;max-height:none;border:0;border-radius:0}:host([narrow]){display:flex;flex-direction:column;height:calc(100dvh - var(--bvp-header,56px) - var(--bvp-bar,0px));background:var(--card-background-color);--bvp-plates-height:240px}:host([narrow]) .actions{flex-wrap:nowrap;padding:8px}:host([narrow]) .actions .button .icon{display:none}:host([narrow]) .actions > .button,:host([narrow]) .split{flex:1;min-width:0}:host([narrow]) .split{flex-grow:1.7}:host([narrow]) .split > .button{flex:1;min-width:0}:host([narrow]) .button{padding:4px 10px}:host([narrow]) .actions .button span{overflow:hidden;text-overflow:ellipsis}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}firstUpdated(){this.narrow&&j(this,`h2`)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}may(e){return x(e,[this.upload])}facts(){return m`<div class="facts">${R(this.app,this.upload,this.details)}</div>`}filaments(){let{upload:e,details:t}=this,n=t?.filaments??[],{format:r}=this.app,i=n.length?n.map(e=>m`<li>
${p(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${r.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((t,n)=>m`<li>${p(e.filament_colors[n]??null)}<span>${t}</span></li>`);return i.length?m`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${i}
</ul>`:S}warnings(){let{upload:e}=this,{format:t}=this.app;return m`${e.wrong_model?c(`warning`,this.app.say(e.wrong_model),this.otherModel()):S}
${e.not_queueable&&this.may(`decide`)?c(`info`,this.app.say(e.not_queueable)):S}
${e.duplicate_of?c(e.last_failure?`warning`:`info`,e.last_failure?this.t(`known.failed`,{reason:this.app.say(e.last_failure)}):e.print_count&&e.last_printed_at?this.t(`known.printed`,{count:e.print_count,date:t.date(e.last_printed_at)}):this.t(`known.archived`),l({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,e.duplicate_of)})):S}`}otherModel(){let{upload:e}=this;if(!this.may(`decide`))return S;let t=this.app.store.state.targets.find(t=>t.kind===`model`&&t.sliced_for===e.sliced_for);return m`<span class="answers"
>${t&&!e.not_queueable?l({label:this.t(`inbox.queue_for_any`,{model:_(t.sliced_for)}),look:`plain`,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`queue-for`,{detail:t.id}))}):S}
${l({label:this.t(`verb.send_back_dots`),look:`plain`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)})}</span
>`}actions(){let{upload:t}=this,n=!!t.not_queueable,r=t.print_requested&&!n,i=!this.canAct,a=l({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:r?`outlined`:`primary`,disabled:i,onClick:()=>this.decide(`archive`)}),o=m`<span class="split"
>${l({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:r?`primary`:`outlined`,disabled:i||n,onClick:()=>this.decide(`queue`)})}${e({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:i||n,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,s=e({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:i,onClick:()=>this.decide(`send_back`)}),c=l({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:i,onClick:()=>this.decide(`discard`)}),u=this.may(`decide`),d=u?r?[o,a]:[a,o]:[],f=this.may(`work`)?c:S;return m`<div class="actions">
${this.narrow?[f,u?[a,o]:S]:[d,m`<span class="spacer"></span>`,u?s:S,f]}
</div>`}quick(){let{upload:e}=this,t=this.t(`common.download`);return m`${e.download===null?S:m`<a
class="icon-button"
href=${e.download}
download
aria-label=${t}
title=${t}
>${a(`mdi:download`)}</a
>`}`}menu(){let{upload:e}=this;return m`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&this.may(`decide`)&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},this.may(`work`)&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>void P(this.app,this,this.app.url(`inbox`,this.upload.id))},this.qr.item(this.app,()=>this.app.url(`inbox`,this.upload.id))]}
></bvp-menu>`}render(){let{upload:t}=this,{format:n}=this.app;return m`<article class="panel card" aria-label=${t.name}>
<div class="scroll">
<bvp-plates
.app=${this.app}
.cover=${t.picture}
.name=${t.name}
.plates=${this.details?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)}
<div class="body">
<div class="title">
${this.narrow?e({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):S}
<h2 tabindex="-1">${t.name}</h2>
${e({label:this.t(`fact.favourite`),icon:t.favourite?`mdi:star`:`mdi:star-outline`,pressed:t.favourite,disabled:!this.canAct||!this.may(`work`),onClick:()=>void this.edit({favourite:!t.favourite})})}
${this.narrow?S:this.quick()} ${this.menu()}
</div>
<p class="secondary">
${this.t(F(t)?`inbox.sent_by`:`inbox.uploaded`,{source:F(t),printer:t.printer})}
· ${n.ago(t.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${t.print_requested?m`<p>
${y(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:S}
${t.sliced_for&&!t.wrong_model?m`<p class="fact">
${a(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:_(t.sliced_for)})}</span
>
</p>`:S}
<p class="fact">
${a(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:d(this.app,this.app.store.state.targets,t.plan.target,t.plan.target_name)})}</span
>
</p>
<bvp-written
.app=${this.app}
.file=${t}
.canAct=${this.canAct}
.save=${this.edit}
></bvp-written>
</div>
</div>
${this.narrow?S:this.actions()}
</article>
${this.narrow?this.actions():S}
${this.writing?m`<bvp-notes-dialog
.app=${this.app}
.item=${t}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:S}`}};E([r({attribute:!1})],K.prototype,`upload`,void 0),E([r({type:Boolean,reflect:!0})],K.prototype,`narrow`,void 0),E([r({type:Boolean})],K.prototype,`canAct`,void 0),E([n()],K.prototype,`details`,void 0),E([n()],K.prototype,`writing`,void 0),K=E([i(`bvp-upload`)],K);var q=`bvp-inbox-order`,J=class extends b{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.order=H(o(q)??null),this.problem=``,this.isSending=!1,this.onKey=e=>{if(!this.app.shortcuts||k(e)||this.dialog)return;let{inbox:t}=this,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.go(e.id,!0),{chosen:a}=this,o=a.length?a:n?[n]:[];switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:this.act(`archive`,o);break;case`u`:this.act(`queue`,o);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:this.act(`discard`,o);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[C,g,u,v,h`
:host{display:flex;flex:1 0 auto;flex-direction:column}:host([narrow]) .detail{position:static}.page{display:grid;grid-template-columns:minmax(240px,400px) minmax(340px,1fr);gap:24px;align-items:start;width:100%;max-width:1248px;margin:0 auto;padding:16px var(--bvp-gutter) 24px}:host([narrow]) .page{display:block;padding:8px var(--bvp-gutter) 16px}.detail{position:sticky;top:16px}.top{display:flex;align-items:center;gap:8px;min-height:48px;padding-bottom:8px}.top h2{flex:1;line-height:1.3}.top select{width:auto;min-width:0;max-width:45%}.where{padding-bottom:8px}.where select{width:auto;max-width:100%}.bulk{display:flex;flex-wrap:wrap;gap:8px;padding-bottom:8px}.list{display:grid;grid-template-columns:minmax(0,1fr);gap:8px}.item{position:relative;display:flex;align-items:center}.item.selected{outline:2px solid var(--primary-color);outline-offset:-1px}.item > input{flex:none;margin-inline-start:12px}.row{display:grid;flex:1;grid-template-columns:72px minmax(0,1fr);min-width:0;gap:12px;padding:8px;border-radius:inherit;color:inherit;text-decoration:none;touch-action:pan-y}.row bvp-picture{align-self:center}.text{display:grid;grid-template-columns:minmax(0,1fr);gap:2px;align-content:center}.head{display:flex;gap:8px;align-items:baseline}.name{flex:1;min-width:0;display:-webkit-box;overflow:hidden;-webkit-box-orient:vertical;-webkit-line-clamp:2;font-weight:var(--ha-font-weight-medium,500);overflow-wrap:anywhere}.welcome{display:grid;justify-items:center;gap:16px;max-width:640px;margin:24px auto;padding:24px}.welcome > .icon{--mdc-icon-size:64px;width:64px;height:64px;color:var(--secondary-text-color)}.welcome ol{display:grid;gap:16px;width:100%}.welcome li{display:grid;grid-template-columns:auto minmax(0,1fr) auto;align-items:center;gap:8px 12px;min-height:44px}.line{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}updated(e){if(!e.has(`route`))return;let{id:t}=this.route,n=e.get(`route`)?.id;t?this.renderRoot.querySelector(`.item.selected`)?.scrollIntoView({block:`nearest`}):n&&j(this,`.row[href*="inbox/${CSS.escape(n)}"]`,`.row`)}get inbox(){return W(N(this.state.inbox,this.instance),this.order,this.app.format)}get instance(){return this.route.query.get(`instance`)??``}go(e,t){this.app.go(`inbox`,e,this.query,t)}get query(){return Object.fromEntries(this.route.query)}get current(){let{id:e}=this.route;return e?this.state.inbox.find(t=>t.id===e):this.narrow?void 0:this.inbox[0]}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog(),this.moveOn(e),j(this,`.row[aria-current]`,`.row`),await D(this.app,e,t,n)}async queueAsAsked({plan:e,ids:t}){let{about:n}=this,r=n.length>1?n.filter(({id:e})=>t.includes(e)):n;this.problem=``,this.isSending=!0;let i=await D(this.app,r,`queue`,e,(e,t)=>{let n=r.length>1&&r.find(e=>e.id===t);this.problem=n?this.t(`queue_dialog.refused`,{name:n.name,why:e}):e});this.isSending=!1,this.about===n&&(i.length?this.about=i:this.closeDialog(),this.moveOn(r.filter(e=>!i.includes(e))))}moveOn(e){let t=new Set(e.map(e=>e.id)),{inbox:n}=this,r=n.findIndex(e=>t.has(e.id)),i=n.slice(Math.max(0,r)).find(e=>!t.has(e.id))??n.findLast(e=>!t.has(e.id));this.endSelecting(),this.route.id&&t.has(this.route.id)&&this.go(this.narrow?null:i?.id??null,!0)}act(e,t){if(!t.length||!this.canAct||!this.may(e,t))return;let n=e===`queue`?f(t):null;n?this.app.toast({message:this.app.say(n)}):e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e)}may(e,t){return x(e===`discard`?`work`:`decide`,t)}openDialog(e,t){this.about=t,this.dialog=e,this.problem=``,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:n}=this.app,r=!this.narrow&&this.current?.id===e.id;return m`<li class="item card ${r?`selected`:``}">
${this.selecting?m`<input
type="checkbox"
aria-label=${e.name}
.checked=${this.selected.has(e.id)}
@change=${t=>this.select(e.id,t.target.checked)}
/>`:S}
<a
class="row"
href=${this.app.url(`inbox`,e.id,this.query)}
aria-current=${r?`true`:S}
@click=${n=>t(n,()=>{this.selecting?this.select(e.id,!this.selected.has(e.id)):this.go(e.id,!this.narrow)})}
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
${L(this.app,e)}
${T(e.filament_colors,e.filament_types)}
</span>
<span class="secondary line"
>${[e.sender,e.instance,e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
>
<span class="facts">${this.hints(e)}</span>
</span>
</a>
</li>`}hints(e){return[e.print_requested?y(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):S,e.wrong_model?y(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):S,e.not_queueable?y(`mdi:playlist-remove`,this.t(`inbox.not_queueable`),`warning`):S,Y(this,e)]}get isNew(){let{printers:e,stats:t}=this.state;return t?.ever_archived===0&&t.pending===0&&!e.some(e=>e.uploads_received)}welcome(e){let{app:t,state:n}=this,r=n.printers.some(e=>e.slicers?.length),i=(e,t,n=S)=>m`<li>
${a(e?`mdi:check-circle`:`mdi:circle-outline`)}<span
>${t}${e?m` <span class="visually-hidden">${this.t(`welcome.done`)}</span>`:S}</span
>${e?S:n}
</li>`,o=(e,t)=>l({label:this.t(e),look:`primary`,onClick:t});return m`<div class="welcome card">
${a(`mdi:printer-3d`)}
<h2>${this.t(`welcome.heading`)}</h2>
<ol>
${i(e!==void 0,this.t(`inbox.no_printer`),t.isAdmin?o(`welcome.add`,()=>t.visit(M)):S)}
${i(e!==void 0&&r,this.t(`welcome.connect`),e?o(`printers.connect`,()=>t.go(`printers`,e.id)):S)}
${i(!1,e?this.t(`welcome.send`,{printer:e.name}):this.t(`welcome.send_any`))}
</ol>
</div>`}nothing(){let{printers:e,options:t}=this.state,n=e.find(e=>e.kind===`virtual`&&e.mode===`review`),r=e.find(e=>e.kind===`virtual`);return!r||this.isNew?this.welcome(r):n||t.pending_modes?A(`mdi:inbox-outline`,n?this.t(`inbox.empty_send`,{printer:n.name}):this.t(`inbox.empty`)):A(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),l({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)}))}orderPart(){return m`<select
aria-label=${this.t(`archive.sort`)}
@change=${e=>{this.order=H(e.target.value),s(q,this.order)}}
>
${B.map(e=>m`<option value=${e} ?selected=${e===this.order}>
${this.t(V(e))}
</option>`)}
</select>`}instancePart(){let e=I(this.app,this.state.options,this.instance,e=>this.app.go(`inbox`,null,{...this.query,instance:e},!0));return e===S?S:m`<div class="where">${e}</div>`}list(){let{inbox:t}=this;return m`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:t.length})}</h2>
${t.length>1?this.orderPart():S}
${e({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.instancePart()} ${this.selecting?this.bulk():S}
<ul class="list">
${O(t,e=>e.id,e=>this.item(e))}
</ul>
${t.length?S:A(`mdi:inbox-outline`,this.t(`inbox.empty_filter`))}
${this.state.inbox_more?m`<p class="secondary">${this.t(`inbox.more`)}</p>`:S}
</section>`}bulk(){let e=this.chosen,t=!e.length||!this.canAct;return m`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${l({label:e.length===this.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(e.length===this.inbox.length?[]:this.inbox.map(e=>e.id))})}
${this.may(`archive`,e)?[l({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:t,onClick:()=>this.act(`archive`,e)}),l({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:t,onClick:()=>this.openDialog(`queue`,e)})]:S}
${this.may(`discard`,e)?l({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:t,onClick:()=>this.act(`discard`,e)}):S}
</div>`}dialogPart(){let e=this.about,[t]=e;if(!this.dialog||!t)return S;let n=e.length===1?t.name:this.t(`inbox.files`,{count:e.length}),r=()=>this.closeDialog();switch(this.dialog){case`queue`:return m`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??t,name:n,plates:this.details?.plates??[],...e.length===1?{file:{upload_id:t.id}}:{plan:null,not_queueable:null,files:e,of:`upload_ids`}}}
.problem=${this.problem}
.busy=${this.isSending}
@closed=${r}
@queue=${e=>void this.queueAsAsked(e.detail)}
></bvp-queue-dialog>`;case`send_back`:return m`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`send_back.title`,{name:n})}
.question=${this.t(`send_back.text`)}
.label=${this.t(`send_back.note`)}
.confirm=${this.t(`verb.send_back`)}
@closed=${r}
@done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
></bvp-text-dialog>`;case`discard`:return m`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`discard.title`,{name:n})}
.question=${this.t(`discard.text`)}
.confirm=${this.t(`verb.discard`)}
@closed=${r}
@done=${()=>void this.decide(e,`discard`)}
></bvp-text-dialog>`}}detail(e){return m`<bvp-upload
class="detail"
.app=${this.app}
.upload=${e}
.narrow=${this.narrow}
.canAct=${this.canAct}
@decide=${t=>this.act(t.detail,[e])}
@plan=${()=>this.openDialog(`queue`,[e])}
@queue-for=${t=>void this.decide([e],`queue`,{target:t.detail})}
@back=${()=>this.go(null,!0)}
></bvp-upload>`}one(){let{current:e}=this;return e?this.detail(e):this.route.id?A(`mdi:check-circle-outline`,this.t(`inbox.gone`),l({label:this.t(`tab.inbox`),onClick:()=>this.go(null,!0)})):S}render(){let{inbox:e}=this.state;return this.route.id&&(this.narrow||!e.length)?m`${this.one()} ${this.dialogPart()}`:e.length?m`<div class="page">${this.list()} ${this.one()}</div>
${this.dialogPart()}`:this.nothing()}};E([n()],J.prototype,`selecting`,void 0),E([n()],J.prototype,`selected`,void 0),E([n()],J.prototype,`dialog`,void 0),E([n()],J.prototype,`order`,void 0),E([n()],J.prototype,`problem`,void 0),E([n()],J.prototype,`isSending`,void 0),J=E([i(`bvp-inbox`)],J);function Y(e,t){let{t:n,format:r}=e.app;return t.last_failure?y(`mdi:alert-outline`,n(`known.failed`,{reason:e.app.say(t.last_failure)}),`warning`):t.print_count&&t.last_printed_at?y(`mdi:check`,n(`known.printed`,{count:t.print_count,date:r.date(t.last_printed_at)}),`good`):t.duplicate_of?y(`mdi:content-duplicate`,n(`known.archived`)):S}export{J as BvpInbox,Y as knownChip};