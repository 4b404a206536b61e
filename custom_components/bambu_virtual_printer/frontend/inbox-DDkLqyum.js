import{A as e,B as t,D as n,G as r,H as i,M as a,N as o,O as s,c,d as l,f as u,g as d,h as f,i as p,j as m,k as h,n as g,o as _,p as v,r as y,s as b}from"./shared-BcSZPcl1.js";import{t as x}from"./text-dialog-Dv5XRQnr.js";import{n as S,t as C}from"./deciding-B_Xcdmjz.js";import{t as w}from"./keys-CBBOGsce.js";import{n as T}from"./links-L-Eri7la.js";import{n as E,t as D}from"./element-cwS2XI8r.js";import{t as O}from"./empty-B1E1io25.js";import{n as k,t as A}from"./written-4ylI6Tax.js";import{n as j,t as M}from"./instance-choice-B_dbJ0lF.js";import"./menu-BNINHhTx.js";import{a as N,c as P}from"./router-DDfbl-vM.js";import{t as F}from"./qr-K5LsoeW_.js";import{n as I}from"./sender-CN0ufmTg.js";var L=[`newest`,`oldest`,`name`,`print_time`,`filament`];function R(e){return`archive.sort_${e}`}function z(e){return L.find(t=>t===e)??`newest`}var B=(e,t)=>(t??-1)-(e??-1);function V(e,t,n){switch(t){case`newest`:return e;case`oldest`:return[...e].reverse();case`name`:return[...e].sort((e,t)=>n.compare(e.name,t.name));case`print_time`:return[...e].sort((e,t)=>B(e.print_time_s,t.print_time_s));case`filament`:return[...e].sort((e,t)=>B(e.filament_g,t.filament_g))}}var H=Symbol(`already processed`),U=class extends D{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1,this.edit=async e=>{if(this.writing=!1,!Object.keys(e).length)return!0;let{id:t}=this.upload,{api:n,store:r}=this.app,i=n.editUpload(t,e).then(({results:[e]})=>{if(e?.error)throw e.error;if(e?.result===`already_processed`)throw H;return!0});return r.guess(n=>({...n,inbox:n.inbox.map(n=>n.id===t?{...n,...e}:n)}),i),i.catch(e=>(this.app.toast(e===H?this.t(`decided.already`):this.app.sayError(e)),!1))},this.qr=new F(this)}static{this.styles=[l,v,f,b,r`
:host{display:block}.panel{display:flex;flex-direction:column;max-height:calc(100dvh - var(--bvp-header,56px) - 32px);overflow:clip}.scroll{flex:1;min-height:0;overflow:auto}.body{display:grid;gap:12px;padding:16px}.title{display:flex;flex-wrap:wrap;align-items:start;justify-content:flex-end;gap:0 4px}:host([narrow]) .title{flex-wrap:nowrap}.title h2{flex:1 1 160px;min-width:0;padding-top:8px;overflow-wrap:anywhere;font-size:var(--ha-font-size-xl,20px);font-weight:var(--ha-font-weight-normal,400);line-height:1.4}.filaments{display:grid;gap:4px}.filaments li{display:flex;align-items:center;gap:8px}.actions{display:flex;flex-wrap:wrap;flex:none;gap:8px;padding:12px 16px;border-top:1px solid var(--divider-color);background:var(--card-background-color)}.answers{display:flex;flex-wrap:wrap}.split{display:inline-flex;align-items:center}.spacer{flex:1}:host([narrow]) .panel{flex:1;min-height:0;max-height:none;border:0;border-radius:0}:host([narrow]){display:flex;flex-direction:column;height:calc(100dvh - var(--bvp-header,56px) - var(--bvp-bar,0px));background:var(--card-background-color);--bvp-plates-height:240px}:host([narrow]) .actions{flex-wrap:nowrap;padding:8px}:host([narrow]) .actions .button .icon{display:none}:host([narrow]) .actions > .button,:host([narrow]) .split{flex:1;min-width:0}:host([narrow]) .split{flex-grow:1.7}:host([narrow]) .split > .button{flex:1;min-width:0}:host([narrow]) .button{padding:4px 10px}:host([narrow]) .actions .button span{overflow:hidden;text-overflow:ellipsis}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}copyLink(){let e=location.origin+this.app.url(`inbox`,this.upload.id);this.app.attempt(navigator.clipboard.writeText(e).then(()=>this.app.toast(this.t(`common.link_copied`))))}may(e){return p(e,[this.upload])}facts(){return i`<div class="facts">${A(this.app,this.upload,this.details)}</div>`}filaments(){let{upload:e,details:n}=this,r=n?.filaments??[],{format:a}=this.app,o=r.length?r.map(e=>i`<li>
${_(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${a.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((t,n)=>i`<li>${_(e.filament_colors[n]??null)}<span>${t}</span></li>`);return o.length?i`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${o}
</ul>`:t}warnings(){let{upload:n}=this,{format:r}=this.app;return i`${n.wrong_model?e(`warning`,this.app.say(n.wrong_model),this.otherModel()):t}
${n.not_queueable&&this.may(`decide`)?e(`info`,this.app.say(n.not_queueable)):t}
${n.duplicate_of?e(n.last_failure?`warning`:`info`,n.last_failure?this.t(`known.failed`,{reason:this.app.say(n.last_failure)}):n.print_count&&n.last_printed_at?this.t(`known.printed`,{count:n.print_count,date:r.date(n.last_printed_at)}):this.t(`known.archived`),m({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,n.duplicate_of)})):t}`}otherModel(){let{upload:e}=this;if(!this.may(`decide`))return t;let n=this.app.store.state.targets.find(t=>t.kind===`model`&&t.sliced_for===e.sliced_for);return i`<span class="answers"
>${n&&!e.not_queueable?m({label:this.t(`inbox.queue_for_any`,{model:g(n.sliced_for)}),look:`plain`,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`queue-for`,{detail:n.id}))}):t}
${m({label:this.t(`verb.send_back_dots`),look:`plain`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)})}</span
>`}actions(){let{upload:e}=this,n=!!e.not_queueable,r=e.print_requested&&!n,a=!this.canAct,s=m({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:r?`outlined`:`primary`,disabled:a,onClick:()=>this.decide(`archive`)}),c=i`<span class="split"
>${m({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:r?`primary`:`outlined`,disabled:a||n,onClick:()=>this.decide(`queue`)})}${o({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:a||n,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,l=o({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:a,onClick:()=>this.decide(`send_back`)}),u=m({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:a,onClick:()=>this.decide(`discard`)}),d=this.may(`decide`),f=d?r?[c,s]:[s,c]:[],p=this.may(`work`)?u:t;return i`<div class="actions">
${this.narrow?[p,d?[s,c]:t]:[f,i`<span class="spacer"></span>`,d?l:t,p]}
</div>`}quick(){let{upload:e}=this,n=this.t(`common.download`);return i`${e.download===null?t:i`<a
class="icon-button"
href=${e.download}
download
aria-label=${n}
title=${n}
>${a(`mdi:download`)}</a
>`}`}menu(){let{upload:e}=this;return i`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&this.may(`decide`)&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},this.may(`work`)&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>this.copyLink()},this.qr.item(this.app,()=>this.app.url(`inbox`,this.upload.id))]}
></bvp-menu>`}render(){let{upload:e}=this,{format:n}=this.app;return i`<article class="panel card" aria-label=${e.name}>
<div class="scroll">
<bvp-plates
.app=${this.app}
.cover=${e.picture}
.name=${e.name}
.plates=${this.details?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)}
<div class="body">
<div class="title">
${this.narrow?o({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):t}
<h2>${e.name}</h2>
${o({label:this.t(`fact.favourite`),icon:e.favourite?`mdi:star`:`mdi:star-outline`,pressed:e.favourite,disabled:!this.canAct||!this.may(`work`),onClick:()=>void this.edit({favourite:!e.favourite})})}
${this.narrow?t:this.quick()} ${this.menu()}
</div>
<p class="secondary">
${this.t(I(e)?`inbox.sent_by`:`inbox.uploaded`,{source:I(e),printer:e.printer})}
· ${n.ago(e.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${e.print_requested?i`<p>
${u(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:t}
${e.sliced_for&&!e.wrong_model?i`<p class="fact">
${a(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:g(e.sliced_for)})}</span
>
</p>`:t}
<p class="fact">
${a(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:y(this.app,this.app.store.state.targets,e.plan.target,e.plan.target_name)})}</span
>
</p>
<bvp-written
.app=${this.app}
.file=${e}
.canAct=${this.canAct}
.save=${this.edit}
></bvp-written>
</div>
</div>
${this.narrow?t:this.actions()}
</article>
${this.narrow?this.actions():t}
${this.writing?i`<bvp-notes-dialog
.app=${this.app}
.item=${e}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:t}`}};d([s({attribute:!1})],U.prototype,`upload`,void 0),d([s({type:Boolean,reflect:!0})],U.prototype,`narrow`,void 0),d([s({type:Boolean})],U.prototype,`canAct`,void 0),d([n()],U.prototype,`details`,void 0),d([n()],U.prototype,`writing`,void 0),U=d([h(`bvp-upload`)],U);var W=`bvp-inbox-order`,G=class extends E{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.order=z(N(W)??null),this.problem=``,this.isSending=!1,this.onKey=e=>{if(!this.app.shortcuts||w(e)||this.dialog)return;let{inbox:t}=this,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.go(e.id,!0);switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:n&&this.act(`archive`,[n]);break;case`u`:n&&this.act(`queue`,[n]);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:n&&this.act(`discard`,[n]);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[l,v,f,b,r`
:host{display:flex;flex:1 0 auto;flex-direction:column}:host([narrow]) .detail{position:static}.page{display:grid;grid-template-columns:minmax(240px,400px) minmax(340px,1fr);gap:24px;align-items:start;width:100%;max-width:1248px;margin:0 auto;padding:16px var(--bvp-gutter) 24px}:host([narrow]) .page{display:block;padding:8px var(--bvp-gutter) 16px}.detail{position:sticky;top:16px}.top{display:flex;align-items:center;gap:8px;min-height:48px;padding-bottom:8px}.top h2{flex:1;line-height:1.3}.top select{width:auto;min-width:0;max-width:45%}.bulk{display:flex;flex-wrap:wrap;gap:8px;padding-bottom:8px}.list{display:grid;grid-template-columns:minmax(0,1fr);gap:8px}.item{position:relative;display:flex;align-items:center}.item.selected{outline:2px solid var(--primary-color);outline-offset:-1px}.item > input{flex:none;margin-inline-start:12px}.row{display:grid;flex:1;grid-template-columns:72px minmax(0,1fr);min-width:0;gap:12px;padding:8px;border-radius:inherit;color:inherit;text-decoration:none;touch-action:pan-y}.row bvp-picture{align-self:center}.text{display:grid;grid-template-columns:minmax(0,1fr);gap:2px;align-content:center}.head{display:flex;gap:8px;align-items:baseline}.name{flex:1;min-width:0;display:-webkit-box;overflow:hidden;-webkit-box-orient:vertical;-webkit-line-clamp:2;font-weight:var(--ha-font-weight-medium,500);overflow-wrap:anywhere}.welcome{display:grid;justify-items:center;gap:16px;max-width:640px;margin:24px auto;padding:24px}.welcome > .icon{--mdc-icon-size:64px;width:64px;height:64px;color:var(--secondary-text-color)}.welcome ol{display:grid;gap:16px;width:100%}.welcome li{display:grid;grid-template-columns:auto minmax(0,1fr) auto;align-items:center;gap:8px 12px;min-height:44px}.line{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}get inbox(){return V(j(this.state.inbox,this.instance),this.order,this.app.format)}get instance(){return this.route.query.get(`instance`)??``}go(e,t){this.app.go(`inbox`,e,this.query,t)}get query(){return Object.fromEntries(this.route.query)}get current(){let{inbox:e}=this;return this.state.inbox.find(e=>e.id===this.route.id)??(this.narrow?void 0:e[0])}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog(),this.moveOn(e),await C(this.app,e,t,n)}async queueAsAsked({plan:e,ids:t}){let{about:n}=this,r=n.length>1?n.filter(({id:e})=>t.includes(e)):n;this.problem=``,this.isSending=!0;let i=await C(this.app,r,`queue`,e,(e,t)=>{let n=r.length>1&&r.find(e=>e.id===t);this.problem=n?this.t(`queue_dialog.refused`,{name:n.name,why:e}):e});this.isSending=!1,this.about===n&&(i.length?this.about=i:this.closeDialog(),this.moveOn(r.filter(e=>!i.includes(e))))}moveOn(e){let t=new Set(e.map(e=>e.id)),{inbox:n}=this,r=n.findIndex(e=>t.has(e.id)),i=n.slice(Math.max(0,r)).find(e=>!t.has(e.id))??n.findLast(e=>!t.has(e.id));this.endSelecting(),this.route.id&&t.has(this.route.id)&&this.go(this.narrow?null:i?.id??null,!0)}act(e,t){if(!t.length||!this.canAct||!this.may(e,t))return;let n=e===`queue`?S(t):null;n?this.app.toast({message:this.app.say(n)}):e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e)}may(e,t){return p(e===`discard`?`work`:`decide`,t)}openDialog(e,t){this.about=t,this.dialog=e,this.problem=``,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:n}=this.app,r=!this.narrow&&this.current?.id===e.id;return i`<li class="item card ${r?`selected`:``}">
${this.selecting?i`<input
type="checkbox"
aria-label=${e.name}
.checked=${this.selected.has(e.id)}
@change=${t=>this.select(e.id,t.target.checked)}
/>`:t}
<a
class="row"
href=${this.app.url(`inbox`,e.id,this.query)}
aria-current=${r?`true`:t}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.selecting?this.select(e.id,!this.selected.has(e.id)):this.go(e.id,!this.narrow))}}
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
</li>`}hints(e){return[e.print_requested?u(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):t,e.wrong_model?u(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):t,e.not_queueable?u(`mdi:playlist-remove`,this.t(`inbox.not_queueable`),`warning`):t,K(this,e)]}get isNew(){let{printers:e,stats:t}=this.state;return t?.ever_archived===0&&t.pending===0&&!e.some(e=>e.uploads_received)}welcome(e){let{app:n,state:r}=this,o=r.printers.some(e=>e.slicers?.length),s=(e,n,r=t)=>i`<li>
${a(e?`mdi:check-circle`:`mdi:circle-outline`)}<span
>${n}${e?i` <span class="visually-hidden">${this.t(`welcome.done`)}</span>`:t}</span
>${e?t:r}
</li>`,c=(e,t)=>m({label:this.t(e),look:`primary`,onClick:t});return i`<div class="welcome card">
${a(`mdi:printer-3d`)}
<h2>${this.t(`welcome.heading`)}</h2>
<ol>
${s(e!==void 0,this.t(`inbox.no_printer`),n.isAdmin?c(`welcome.add`,()=>n.visit(T)):t)}
${s(e!==void 0&&o,this.t(`welcome.connect`),e?c(`printers.connect`,()=>n.go(`printers`,e.id)):t)}
${s(!1,e?this.t(`welcome.send`,{printer:e.name}):this.t(`welcome.send_any`))}
</ol>
</div>`}nothing(){let{printers:e,options:t}=this.state,n=e.find(e=>e.kind===`virtual`&&e.mode===`review`),r=e.find(e=>e.kind===`virtual`);return!r||this.isNew?this.welcome(r):n||t.pending_modes?O(`mdi:inbox-outline`,n?this.t(`inbox.empty_send`,{printer:n.name}):this.t(`inbox.empty`)):O(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),m({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)}))}orderPart(){return i`<select
aria-label=${this.t(`archive.sort`)}
@change=${e=>{this.order=z(e.target.value),P(W,this.order)}}
>
${L.map(e=>i`<option value=${e} ?selected=${e===this.order}>
${this.t(R(e))}
</option>`)}
</select>`}list(){let{inbox:e}=this;return i`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:e.length})}</h2>
${M(this.app,this.state.options,this.instance,e=>this.app.go(`inbox`,null,{...this.query,instance:e},!0))}
${e.length>1?this.orderPart():t}
${o({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.selecting?this.bulk():t}
<ul class="list">
${x(e,e=>e.id,e=>this.item(e))}
</ul>
${e.length?t:O(`mdi:inbox-outline`,this.t(`inbox.empty_filter`))}
${this.state.inbox_more?i`<p class="secondary">${this.t(`inbox.more`)}</p>`:t}
</section>`}bulk(){let e=this.chosen,n=!e.length||!this.canAct;return i`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${m({label:e.length===this.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(e.length===this.inbox.length?[]:this.inbox.map(e=>e.id))})}
${this.may(`archive`,e)?[m({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:n,onClick:()=>this.act(`archive`,e)}),m({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:n,onClick:()=>this.openDialog(`queue`,e)})]:t}
${this.may(`discard`,e)?m({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:n,onClick:()=>this.act(`discard`,e)}):t}
</div>`}dialogPart(){let e=this.about,[n]=e;if(!this.dialog||!n)return t;let r=e.length===1?n.name:this.t(`inbox.files`,{count:e.length}),a=()=>this.closeDialog();switch(this.dialog){case`queue`:return i`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??n,name:r,plates:this.details?.plates??[],...e.length===1?{file:{upload_id:n.id}}:{plan:null,not_queueable:null,files:e,of:`upload_ids`}}}
.problem=${this.problem}
.busy=${this.isSending}
@closed=${a}
@queue=${e=>void this.queueAsAsked(e.detail)}
></bvp-queue-dialog>`;case`send_back`:return i`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`send_back.title`,{name:r})}
.question=${this.t(`send_back.text`)}
.label=${this.t(`send_back.note`)}
.confirm=${this.t(`verb.send_back`)}
@closed=${a}
@done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
></bvp-text-dialog>`;case`discard`:return i`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`discard.title`,{name:r})}
.question=${this.t(`discard.text`)}
.confirm=${this.t(`verb.discard`)}
@closed=${a}
@done=${()=>void this.decide(e,`discard`)}
></bvp-text-dialog>`}}detail(e){return i`<bvp-upload
class="detail"
.app=${this.app}
.upload=${e}
.narrow=${this.narrow}
.canAct=${this.canAct}
@decide=${t=>this.act(t.detail,[e])}
@plan=${()=>this.openDialog(`queue`,[e])}
@queue-for=${t=>void this.decide([e],`queue`,{target:t.detail})}
@back=${()=>this.go(null,!0)}
></bvp-upload>`}render(){let{inbox:e}=this.state,n=this.current;return this.narrow&&this.route.id?i`${n?this.detail(n):O(`mdi:check-circle-outline`,this.t(`inbox.gone`),m({label:this.t(`tab.inbox`),onClick:()=>this.go(null,!0)}))}
${this.dialogPart()}`:e.length?i`<div class="page">
${this.list()} ${!this.narrow&&n?this.detail(n):t}
</div>
${this.dialogPart()}`:this.nothing()}};d([n()],G.prototype,`selecting`,void 0),d([n()],G.prototype,`selected`,void 0),d([n()],G.prototype,`dialog`,void 0),d([n()],G.prototype,`order`,void 0),d([n()],G.prototype,`problem`,void 0),d([n()],G.prototype,`isSending`,void 0),G=d([h(`bvp-inbox`)],G);function K(e,n){let{t:r,format:i}=e.app;return n.last_failure?u(`mdi:alert-outline`,r(`known.failed`,{reason:e.app.say(n.last_failure)}),`warning`):n.print_count&&n.last_printed_at?u(`mdi:check`,r(`known.printed`,{count:n.print_count,date:i.date(n.last_printed_at)}),`good`):n.duplicate_of?u(`mdi:content-duplicate`,r(`known.archived`)):t}export{G as BvpInbox,K as knownChip};