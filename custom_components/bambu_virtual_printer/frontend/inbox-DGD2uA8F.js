import{$ as e,A as t,L as n,M as r,N as i,O as a,P as o,Q as s,V as c,W as l,X as u,Z as d,_ as f,a as p,c as m,ct as h,dt as g,h as _,i as v,k as y,l as b,m as x,n as S,o as C,ot as w,p as T,t as E,u as D}from"./shared-DPcjTYk3.js";import{t as O}from"./repeat-b4aUGuuB.js";import{C as k,E as A,S as j,i as M,n as N,p as P,s as F,t as I}from"./parts-Cz-8z18p.js";import{n as L,t as R}from"./written-CS9lTyoL.js";import{t as z}from"./qr-vG1KL4S6.js";var B=[`newest`,`oldest`,`name`,`print_time`,`filament`];function V(e){return`archive.sort_${e}`}function H(e){return B.find(t=>t===e)??`newest`}var U=(e,t)=>(t??-1)-(e??-1);function W(e,t,n){switch(t){case`newest`:return e;case`oldest`:return[...e].reverse();case`name`:return[...e].sort((e,t)=>n.compare(e.name,t.name));case`print_time`:return[...e].sort((e,t)=>U(e.print_time_s,t.print_time_s));case`filament`:return[...e].sort((e,t)=>U(e.filament_g,t.filament_g))}}var G=Symbol(`already processed`),K=class extends E{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1,this.edit=async e=>{if(this.writing=!1,!Object.keys(e).length)return!0;let{id:t}=this.upload,{api:n,store:r}=this.app,i=n.editUpload(t,e).then(({results:[e]})=>{if(e?.error)throw e.error;if(e?.result===`already_processed`)throw G;return!0});return r.guess(n=>({...n,inbox:n.inbox.map(n=>n.id===t?{...n,...e}:n)}),i),i.catch(e=>(this.app.toast(e===G?this.t(`decided.already`):this.app.sayError(e)),!1))},this.qr=new z(this)}static{this.styles=[T,_,f,b,g`
:host{display:block}.panel{display:flex;flex-direction:column;max-height:calc(100dvh - var(--bvp-header,56px) - 32px);overflow:clip}.scroll{flex:1;min-height:0;overflow:auto}.body{display:grid;gap:12px;padding:16px}.title{display:flex;flex-wrap:wrap;align-items:start;justify-content:flex-end;gap:0 4px}:host([narrow]) .title{flex-wrap:nowrap}.title h2{flex:1 1 160px;min-width:0;padding-top:8px;overflow-wrap:anywhere;font-size:var(--ha-font-size-xl,20px);font-weight:var(--ha-font-weight-normal,400);line-height:1.4}.filaments{display:grid;gap:4px}.filaments li{display:flex;align-items:center;gap:8px}.actions{display:flex;flex-wrap:wrap;flex:none;gap:8px;padding:12px 16px;border-top:1px solid var(--divider-color);background:var(--card-background-color)}.answers{display:flex;flex-wrap:wrap}.split{display:inline-flex;align-items:center}.spacer{flex:1}:host([narrow]) .panel{flex:1;min-height:0;max-height:none;border:0;border-radius:0}:host([narrow]){display:flex;flex-direction:column;height:calc(100dvh - var(--bvp-header,56px) - var(--bvp-bar,0px));background:var(--card-background-color);--bvp-plates-height:240px}:host([narrow]) .actions{flex-wrap:nowrap;padding:8px}:host([narrow]) .actions .button .icon{display:none}:host([narrow]) .actions > .button,:host([narrow]) .split{flex:1;min-width:0}:host([narrow]) .split{flex-grow:1.7}:host([narrow]) .split > .button{flex:1;min-width:0}:host([narrow]) .button{padding:4px 10px}:host([narrow]) .actions .button span{overflow:hidden;text-overflow:ellipsis}`]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}firstUpdated(){this.narrow&&A(this,`h2`)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}may(e){return C(e,[this.upload])}facts(){return h`<div class="facts">${R(this.app,this.upload,this.details)}</div>`}filaments(){let{upload:e,details:t}=this,n=t?.filaments??[],{format:r}=this.app,i=n.length?n.map(e=>h`<li>
${m(e.color)}<span
>${e.profile||e.type}${e.used_g?` · ${r.weight(e.used_g)}`:``}</span
>
</li>`):e.filament_types.map((t,n)=>h`<li>${m(e.filament_colors[n]??null)}<span>${t}</span></li>`);return i.length?h`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
${i}
</ul>`:w}warnings(){let{upload:e}=this,{format:t}=this.app;return h`${e.wrong_model?u(`warning`,this.app.say(e.wrong_model),this.otherModel()):w}
${e.not_queueable&&this.may(`decide`)?u(`info`,this.app.say(e.not_queueable)):w}
${e.duplicate_of?u(e.last_failure?`warning`:`info`,e.last_failure?this.t(`known.failed`,{reason:this.app.say(e.last_failure)}):e.print_count&&e.last_printed_at?this.t(`known.printed`,{count:e.print_count,date:t.date(e.last_printed_at)}):this.t(`known.archived`),d({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,e.duplicate_of)})):w}`}otherModel(){let{upload:e}=this;if(!this.may(`decide`))return w;let t=this.app.store.state.targets.find(t=>t.kind===`model`&&t.sliced_for===e.sliced_for);return h`<span class="answers"
>${t&&!e.not_queueable?d({label:this.t(`inbox.queue_for_any`,{model:v(t.sliced_for)}),look:`plain`,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`queue-for`,{detail:t.id}))}):w}
${d({label:this.t(`verb.send_back_dots`),look:`plain`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)})}</span
>`}actions(){let{upload:t}=this,n=!!t.not_queueable,r=t.print_requested&&!n,i=!this.canAct,a=d({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:r?`outlined`:`primary`,disabled:i,onClick:()=>this.decide(`archive`)}),o=h`<span class="split"
>${d({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:r?`primary`:`outlined`,disabled:i||n,onClick:()=>this.decide(`queue`)})}${e({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:i||n,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
>`,s=e({label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:i,onClick:()=>this.decide(`send_back`)}),c=d({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:i,onClick:()=>this.decide(`discard`)}),l=this.may(`decide`),u=l?r?[o,a]:[a,o]:[],f=this.may(`work`)?c:w;return h`<div class="actions">
${this.narrow?[f,l?[a,o]:w]:[u,h`<span class="spacer"></span>`,l?s:w,f]}
</div>`}quick(){let{upload:e}=this,t=this.t(`common.download`);return h`${e.download===null?w:h`<a
class="icon-button"
href=${e.download}
download
aria-label=${t}
title=${t}
>${s(`mdi:download`)}</a
>`}`}menu(){let{upload:e}=this;return h`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[this.narrow&&this.may(`decide`)&&{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},this.may(`work`)&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>void P(this.app,this,this.app.url(`inbox`,this.upload.id))},this.qr.item(this.app,()=>this.app.url(`inbox`,this.upload.id))]}
></bvp-menu>`}render(){let{upload:t}=this,{format:n}=this.app;return h`<article class="panel card" aria-label=${t.name}>
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
${this.narrow?e({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):w}
<h2 tabindex="-1">${t.name}</h2>
${e({label:this.t(`fact.favourite`),icon:t.favourite?`mdi:star`:`mdi:star-outline`,pressed:t.favourite,disabled:!this.canAct||!this.may(`work`),onClick:()=>void this.edit({favourite:!t.favourite})})}
${this.narrow?w:this.quick()} ${this.menu()}
</div>
<p class="secondary">
${this.t(F(t)?`inbox.sent_by`:`inbox.uploaded`,{source:F(t),printer:t.printer})}
· ${n.ago(t.received_at)}
</p>
${this.facts()} ${this.filaments()} ${this.warnings()}
${t.print_requested?h`<p>
${x(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
</p>`:w}
${t.sliced_for&&!t.wrong_model?h`<p class="fact">
${s(`mdi:check`)}<span
>${this.t(`inbox.sliced_for`,{model:v(t.sliced_for)})}</span
>
</p>`:w}
<p class="fact">
${s(`mdi:playlist-play`)}<span
>${this.t(`inbox.goes_to`,{target:p(this.app,this.app.store.state.targets,t.plan.target,t.plan.target_name)})}</span
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
${this.narrow?w:this.actions()}
</article>
${this.narrow?this.actions():w}
${this.writing?h`<bvp-notes-dialog
.app=${this.app}
.item=${t}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:w}`}};a([i({attribute:!1})],K.prototype,`upload`,void 0),a([i({type:Boolean,reflect:!0})],K.prototype,`narrow`,void 0),a([i({type:Boolean})],K.prototype,`canAct`,void 0),a([r()],K.prototype,`details`,void 0),a([r()],K.prototype,`writing`,void 0),K=a([o(`bvp-upload`)],K);var q=`bvp-inbox-order`,J={archived:`decided.archive`,queued:`decided.queue`,discarded:`decided.discard`,sent_back:`decided.send_back`,expired:`inbox.expired`},Y=class extends S{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.line=[],this.lost=null,this.asked=``,this.about=[],this.details=null,this.touch=null,this.order=H(c(q)??null),this.problem=``,this.isSending=!1,this.onKey=e=>{if(!this.app.shortcuts||k(e)||this.dialog)return;let{inbox:t}=this,n=this.current,{id:r}=n??this.next??{},i=t.findIndex(e=>e.id===r),a=e=>e&&this.go(e.id,!0),{chosen:o}=this,s=o.length?o:n?[n]:[];switch(e.key){case`j`:case`ArrowDown`:a(t[n?i+1:i]);break;case`k`:case`ArrowUp`:a(t[i-1]);break;case`a`:this.act(`archive`,s);break;case`u`:this.act(`queue`,s);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:this.act(`discard`,s);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[T,_,f,b,g`
:host{display:flex;flex:1 0 auto;flex-direction:column}:host([narrow]) .detail{position:static}.page{display:grid;grid-template-columns:minmax(240px,400px) minmax(340px,1fr);gap:24px;align-items:start;width:100%;max-width:1248px;margin:0 auto;padding:16px var(--bvp-gutter) 24px}:host([narrow]) .page{display:block;padding:8px var(--bvp-gutter) 16px}.detail{position:sticky;top:16px}.top{display:flex;align-items:center;gap:8px;min-height:48px;padding-bottom:8px}.top h2{flex:1;line-height:1.3}.top select{width:auto;min-width:0;max-width:45%}.where{padding-bottom:8px}.where select{width:auto;max-width:100%}.bulk{display:flex;flex-wrap:wrap;gap:8px;padding-bottom:8px}.list{display:grid;grid-template-columns:minmax(0,1fr);gap:8px}.item{position:relative;display:flex;align-items:center}.item.selected{outline:2px solid var(--primary-color);outline-offset:-1px}.item > input{flex:none;margin-inline-start:12px}.row{display:grid;flex:1;grid-template-columns:72px minmax(0,1fr);min-width:0;gap:12px;padding:8px;border-radius:inherit;color:inherit;text-decoration:none;touch-action:pan-y}.row bvp-picture{align-self:center}.text{display:grid;grid-template-columns:minmax(0,1fr);gap:2px;align-content:center}.head{display:flex;gap:8px;align-items:baseline}.name{flex:1;min-width:0;display:-webkit-box;overflow:hidden;-webkit-box-orient:vertical;-webkit-line-clamp:2;font-weight:var(--ha-font-weight-medium,500);overflow-wrap:anywhere}.welcome{display:grid;justify-items:center;gap:16px;max-width:640px;margin:24px auto;padding:24px}.welcome > .icon{--mdc-icon-size:64px;width:64px;height:64px;color:var(--secondary-text-color)}.welcome ol{display:grid;gap:16px;width:100%}.welcome li{display:grid;grid-template-columns:auto minmax(0,1fr) auto;align-items:center;gap:8px 12px;min-height:44px}.line{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}willUpdate(e){let t=e.get(`route`),{id:n,query:r}=this.route;(t&&(t.id!==n||`${t.query}`!=`${r}`)||this.narrow||e.has(`order`)||this.kept===null&&e.has(`state`))&&(this.kept=void 0),this.kept===void 0&&!this.narrow&&(this.kept=this.inbox[0]?.id);let{shown:i}=this;!i||this.state.inbox.some(e=>e.id===i)?(this.line=this.inbox,this.lost=null,this.asked=``):this.asked!==i&&this.canAct&&!this.isSending&&(this.asked=i,this.ask(i))}async ask(e){A(this,`.empty button`,`.row`);let t=await this.app.api.upload(e).catch(()=>null);this.asked===e&&(t?.state===`archiving`?this.asked=``:(this.lost=t,this.current||this.app.announce(this.told)))}updated(e){if(!e.has(`route`))return;let{id:t}=this.route,n=e.get(`route`)?.id;t?this.renderRoot.querySelector(`.item.selected`)?.scrollIntoView({block:`nearest`}):n&&A(this,`.row[href*="inbox/${CSS.escape(n)}"]`,`.row`)}get inbox(){return W(N(this.state.inbox,this.instance),this.order,this.app.format)}get instance(){return this.route.query.get(`instance`)??``}go(e,t){this.kept=e??void 0,this.requestUpdate(),this.app.go(`inbox`,e,this.query,t)}get query(){return Object.fromEntries(this.route.query)}get shown(){return this.route.id??(this.narrow?null:this.kept)}get current(){let{lost:e,shown:t}=this;return this.state.inbox.find(e=>e.id===t)??(e?.id===t&&e?.state===`pending`?e:void 0)}following(e){let{inbox:t,line:n}=this,r=({id:n})=>!e.has(n)&&t.some(e=>e.id===n),i=n.findIndex(t=>e.has(t.id));return n.slice(Math.max(0,i)).find(r)??n.findLast(r)??t.find(r)}get next(){return this.following(new Set([this.shown]))}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog(),this.moveOn(e),A(this,`.row[aria-current]`,`.row`),await y(this.app,e,t,n)}async queueAsAsked({plan:e,ids:t}){let{about:n}=this,r=n.length>1?n.filter(({id:e})=>t.includes(e)):n;this.problem=``,this.isSending=!0;let i=await y(this.app,r,`queue`,e,(e,t)=>{let n=r.length>1&&r.find(e=>e.id===t);this.problem=n?this.t(`queue_dialog.refused`,{name:n.name,why:e}):e});this.isSending=!1,this.about===n&&(i.length?this.about=i:this.closeDialog(),this.moveOn(r.filter(e=>!i.includes(e))))}moveOn(e){let t=new Set(e.map(e=>e.id)),n=this.following(t)?.id??null;this.endSelecting(),t.has(this.shown)&&(this.route.id?this.go(this.narrow?null:n,!0):this.kept=n)}act(e,n){if(!n.length||!this.canAct||!this.may(e,n))return;let r=e===`queue`?t(n):null;r?this.app.toast({message:this.app.say(r)}):e===`send_back`?this.openDialog(`send_back`,n):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,n):this.decide(n,e)}may(e,t){return C(e===`discard`?`work`:`decide`,t)}openDialog(e,t){this.about=t,this.dialog=e,this.problem=``,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:t}=this.app,r=!this.narrow&&this.current?.id===e.id;return h`<li class="item card ${r?`selected`:``}">
${this.selecting?h`<input
type="checkbox"
aria-label=${e.name}
.checked=${this.selected.has(e.id)}
@change=${t=>this.select(e.id,t.target.checked)}
/>`:w}
<a
class="row"
href=${this.app.url(`inbox`,e.id,this.query)}
aria-current=${r?`true`:w}
@click=${t=>n(t,()=>{this.selecting?this.select(e.id,!this.selected.has(e.id)):this.go(e.id,!this.narrow)})}
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
${L(this.app,e)}
${D(e.filament_colors,e.filament_types)}
</span>
<span class="secondary line"
>${[e.sender,e.instance,e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
>
<span class="facts">${this.hints(e)}</span>
</span>
</a>
</li>`}hints(e){return[e.print_requested?x(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):w,e.wrong_model?x(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):w,e.not_queueable?x(`mdi:playlist-remove`,this.t(`inbox.not_queueable`),`warning`):w,X(this,e)]}get isNew(){let{printers:e,stats:t}=this.state;return t?.ever_archived===0&&t.pending===0&&!e.some(e=>e.uploads_received)}welcome(e){let{app:t,state:n}=this,r=n.printers.some(e=>e.slicers?.length),i=(e,t,n=w)=>h`<li>
${s(e?`mdi:check-circle`:`mdi:circle-outline`)}<span
>${t}${e?h` <span class="visually-hidden">${this.t(`welcome.done`)}</span>`:w}</span
>${e?w:n}
</li>`,a=(e,t)=>d({label:this.t(e),look:`primary`,onClick:t});return h`<div class="welcome card">
${s(`mdi:printer-3d`)}
<h2>${this.t(`welcome.heading`)}</h2>
<ol>
${i(e!==void 0,this.t(`inbox.no_printer`),t.isAdmin?a(`welcome.add`,()=>t.visit(M)):w)}
${i(e!==void 0&&r,this.t(`welcome.connect`),e?a(`printers.connect`,()=>t.go(`printers`,e.id)):w)}
${i(!1,e?this.t(`welcome.send`,{printer:e.name}):this.t(`welcome.send_any`))}
</ol>
</div>`}nothing(){let{printers:e,options:t}=this.state;if(t.library_away)return w;let n=e.find(e=>e.kind===`virtual`&&e.mode===`review`),r=e.find(e=>e.kind===`virtual`);return!r||this.isNew?this.welcome(r):n||t.pending_modes?j(`mdi:inbox-outline`,n?this.t(`inbox.empty_send`,{printer:n.name}):this.t(`inbox.empty`)):j(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),d({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)}))}orderPart(){return h`<select
aria-label=${this.t(`archive.sort`)}
@change=${e=>{this.order=H(e.target.value),l(q,this.order)}}
>
${B.map(e=>h`<option value=${e} ?selected=${e===this.order}>
${this.t(V(e))}
</option>`)}
</select>`}instancePart(){let e=I(this.app,this.state.options,this.instance,e=>this.app.go(`inbox`,null,{...this.query,instance:e},!0));return e===w?w:h`<div class="where">${e}</div>`}list(){let{inbox:t}=this;return h`<section>
<div class="top">
<h2>${this.t(`inbox.title`,{count:t.length})}</h2>
${t.length>1?this.orderPart():w}
${e({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
</div>
${this.instancePart()} ${this.selecting?this.bulk():w}
<ul class="list">
${O(t,e=>e.id,e=>this.item(e))}
</ul>
${t.length?w:j(`mdi:inbox-outline`,this.t(`inbox.empty_filter`))}
${this.state.inbox_more?h`<p class="secondary">${this.t(`inbox.more`)}</p>`:w}
</section>`}bulk(){let e=this.chosen,t=!e.length||!this.canAct;return h`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
${d({label:e.length===this.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(e.length===this.inbox.length?[]:this.inbox.map(e=>e.id))})}
${this.may(`archive`,e)?[d({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:t,onClick:()=>this.act(`archive`,e)}),d({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:t,onClick:()=>this.openDialog(`queue`,e)})]:w}
${this.may(`discard`,e)?d({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:t,onClick:()=>this.act(`discard`,e)}):w}
</div>`}dialogPart(){let e=this.about,[t]=e;if(!this.dialog||!t)return w;let n=e.length===1?t.name:this.t(`inbox.files`,{count:e.length}),r=()=>this.closeDialog();switch(this.dialog){case`queue`:return h`<bvp-queue-dialog
.app=${this.app}
.targets=${this.state.targets}
.subject=${{...this.details??t,name:n,plates:this.details?.plates??[],...e.length===1?{file:{upload_id:t.id}}:{plan:null,not_queueable:null,files:e,of:`upload_ids`}}}
.problem=${this.problem}
.busy=${this.isSending}
@closed=${r}
@queue=${e=>void this.queueAsAsked(e.detail)}
></bvp-queue-dialog>`;case`send_back`:return h`<bvp-text-dialog
.app=${this.app}
.heading=${this.t(`send_back.title`,{name:n})}
.question=${this.t(`send_back.text`)}
.label=${this.t(`send_back.note`)}
.confirm=${this.t(`verb.send_back`)}
@closed=${r}
@done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
></bvp-text-dialog>`;case`discard`:return h`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`discard.title`,{name:n})}
.question=${this.t(`discard.text`)}
.confirm=${this.t(`verb.discard`)}
@closed=${r}
@done=${()=>void this.decide(e,`discard`)}
></bvp-text-dialog>`}}detail(e){return h`<bvp-upload
class="detail"
.app=${this.app}
.upload=${e}
.narrow=${this.narrow}
.canAct=${this.canAct}
@decide=${t=>this.act(t.detail,[e])}
@plan=${()=>this.openDialog(`queue`,[e])}
@queue-for=${t=>void this.decide([e],`queue`,{target:t.detail})}
@back=${()=>this.go(null,!0)}
></bvp-upload>`}get told(){let{lost:e}=this,t=e&&J[e.state],n=this.t(`inbox.gone`);return t?`${n} ${this.t(t,{count:1,name:e.name})}`:n}one(){let{current:e,lost:t,next:n}=this;if(e)return this.detail(e);if(!this.shown||this.isSending)return w;let r=(e,t,n)=>d({label:this.t(e),onClick:t,look:n});return j(`mdi:check-circle-outline`,this.told,h`${n?r(`inbox.next`,()=>this.go(n.id,!0),`primary`):w}
${t?.state===`archived`||t?.state===`queued`?r(`common.show`,()=>this.app.go(`archive`,t.id)):w}
${this.narrow||!n?r(`tab.inbox`,()=>this.go(null,!0)):w}`)}render(){let{inbox:e}=this.state;return this.shown&&(this.narrow||!e.length)?h`${this.one()} ${this.dialogPart()}`:e.length?h`<div class="page">${this.list()} ${this.one()}</div>
${this.dialogPart()}`:this.nothing()}};a([r()],Y.prototype,`selecting`,void 0),a([r()],Y.prototype,`selected`,void 0),a([r()],Y.prototype,`dialog`,void 0),a([r()],Y.prototype,`lost`,void 0),a([r()],Y.prototype,`order`,void 0),a([r()],Y.prototype,`problem`,void 0),a([r()],Y.prototype,`isSending`,void 0),Y=a([o(`bvp-inbox`)],Y);function X(e,t){let{t:n,format:r}=e.app;return t.last_failure?x(`mdi:alert-outline`,n(`known.failed`,{reason:e.app.say(t.last_failure)}),`warning`):t.print_count&&t.last_printed_at?x(`mdi:check`,n(`known.printed`,{count:t.print_count,date:r.date(t.last_printed_at)}),`good`):t.duplicate_of?x(`mdi:content-duplicate`,n(`known.archived`)):w}export{Y as BvpInbox,X as knownChip};