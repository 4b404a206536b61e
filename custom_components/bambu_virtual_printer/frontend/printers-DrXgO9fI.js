import{$ as e,L as t,M as n,N as r,O as i,P as a,Q as o,X as s,Z as c,_ as l,c as u,ct as d,d as f,dt as p,f as m,g as h,h as g,l as _,m as v,n as y,ot as b,p as x,t as S}from"./shared-DPcjTYk3.js";import{t as C}from"./repeat-b4aUGuuB.js";import{S as w,a as T,f as E,i as D,l as ee}from"./parts-Cz-8z18p.js";import"./still-BUuO9Wx6.js";import{i as O,n as k,r as A,t as j}from"./printers-status-DFIHgCLY.js";import{t as M}from"./live-DOv39jDy.js";import{t as N}from"./qr-vG1KL4S6.js";var P=p`
:host{display:block}.card{display:flex;flex-direction:column;gap:12px;height:100%;padding:12px 16px}header{display:flex;align-items:center;gap:4px}.name{flex:1;min-width:0}.name h3{overflow:hidden;font-size:var(--ha-font-size-l,16px);font-weight:var(--ha-font-weight-medium,500);text-overflow:ellipsis;white-space:nowrap}dl{display:grid;grid-template-columns:max-content 1fr;align-items:center;gap:0 16px;margin:0}dt{color:var(--secondary-text-color)}dd{display:flex;flex-wrap:wrap;align-items:center;gap:0 4px;min-width:0;min-height:32px;margin:0;overflow-wrap:anywhere}.model{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}dd .icon-button .icon{--mdc-icon-size:18px;width:18px;height:18px}dd .icon-button{width:36px;height:32px}@media (pointer:coarse){dd .icon-button{width:44px;height:44px}}code{font-family:var(--ha-font-family-code,monospace)}.chips{display:flex;flex-wrap:wrap;gap:8px}.last{display:flex;align-items:center;gap:12px;color:inherit}.last bvp-picture{flex:none;width:48px}.last strong{display:block;overflow:hidden;font-weight:var(--ha-font-weight-medium,500);text-overflow:ellipsis;white-space:nowrap}.last div{min-width:0}footer{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin-top:auto;padding-top:4px}`,F=[`no_report`,`switch_failed`,`unavailable`,`kept_off`],I=[`prepare`,`slicing`,`running`,`pause`],L=class extends S{constructor(...e){super(...e),this.isLive=!1,this.decides=!1,this.waiting=null,this.isBusy=!1,this.blind=null,this.judging=new ee(this),this.clear=async(e,t=``,n)=>{let{app:r,printer:i}=this;this.isBusy=!0;let a=i.plate?.print_id,o=await r.attempt(r.api.clearPlate(i.id,{...a?{print_id:a}:{},...e?{verdict:e}:{},...t?{reason:t}:{},...n===void 0?{}:{reprint:n}}));return this.isBusy=!1,o?.verdict}}static{this.styles=[x,P,g,l,m,_,p`
a{color:inherit}.spools{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:4px 16px}.spools li{display:flex;align-items:center;gap:8px;min-width:0}.spools .text{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.spools .icon{--mdc-icon-size:16px;width:16px;height:16px;margin-inline-start:-4px}.errors li,p:has(.icon){display:flex;gap:8px}.errors .icon{color:var(--error-color)}.print{display:grid;gap:4px}.print strong{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.camera{width:100%;aspect-ratio:16 / 9;object-fit:cover;border-radius:var(--ha-border-radius-md,8px);background:var(--secondary-background-color)}.plate{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px;padding:8px 12px;border:1px solid var(--warning-color);border-radius:var(--ha-border-radius-md,8px)}.plate > .answers{display:flex;flex:1 1 auto;flex-wrap:wrap;justify-content:flex-end;gap:8px}.plate > .answers:has(.plain) .primary{flex:1 1 100%}.plate > .answers .plain{flex:1 1 auto;border-color:var(--ha-color-border-neutral-normal,var(--divider-color))}.plate > span{display:inline-flex;align-items:center;gap:8px}.plate > span > .icon{color:var(--warning-color)}`]}get isPrinting(){let e=this.printer.live?.phase;return!!(this.printer.is_reporting&&e&&I.includes(e))}status(){let{printer:e}=this,{icon:t,key:n,tone:r}=O(e),i=e.power?A(e.power):null;return d`${v(t,this.t(n),r)}
${i?v(i.icon,this.t(`printers.power`,{state:this.t(i.key)}),i.tone):b}`}get reason(){let{printer:e,app:t}=this,{power:n,availability:r}=e,i={printer:e.name};return n&&F.includes(n)?t.say({text_key:`waiting_power_${n}`,values:i}):j(e)||!r||[`online`,`connecting`].includes(r)?``:t.say({text_key:`waiting_offline_${r}`,values:i})}print(){let{live:e}=this.printer;if(!e||!this.isPrinting)return b;let{format:t}=this.app,n=e.ends_at?(new Date(e.ends_at).getTime()-Date.now())/1e3:null,r=[e.percent===null?``:t.percent(e.percent),e.layer!==null&&e.layers?this.t(`printers.layer`,{layer:e.layer,layers:e.layers}):``,n!==null&&n>0?this.t(`printers.left`,{time:t.duration(n)}):``,e.ends_at&&n!==null&&n>0?this.t(`printers.done_at`,{time:t.moment(e.ends_at)}):``].filter(Boolean);return d`<div class="print">
<strong>${e.name||this.t(`printers.unnamed_print`)}</strong>
${f(e.percent,e.name||this.t(`printers.unnamed_print`),r.join(`, `))}
<span class="secondary">${r.join(` · `)}</span>
</div>`}uploading(){let e=this.printer.live?.upload_percent;if(e==null)return b;let t=this.t(`printers.sending`);return d`<div class="print">
<span>${t} ${this.app.format.percent(e)}</span>
${f(e,t,this.app.format.percent(e))}
</div>`}temperature(e,t){if(e===null)return null;let{format:n}=this.app;return t?this.t(`printers.temperature_target`,{now:n.celsius(e),target:n.celsius(t)}):n.celsius(e)}temperatures(){let{live:e,is_reporting:t}=this.printer;return!e||!t?b:d`<div class="facts">
${h(`mdi:printer-3d-nozzle-heat`,this.t(`printers.nozzle`),this.temperature(e.nozzle_c,e.nozzle_target_c))}
${h(`mdi:radiator`,this.t(`printers.bed`),this.temperature(e.bed_c,e.bed_target_c))}
${h(`mdi:thermometer`,this.t(`printers.chamber`),this.temperature(e.chamber_c,null))}
</div>`}spool(e){let t=e.is_present?e.name||e.type||this.app.say({text_key:`spool_unknown`,values:{}}):this.app.say({text_key:`spool_empty`,values:{}}),n=e.remaining_percent===null?``:this.app.format.percent(e.remaining_percent),r=this.app.say(e.place);return d`<li title=${[r,t,n].filter(Boolean).join(` · `)}>
${e.is_present?u(e.color):b}
<span class="text"
><span class="secondary">${r}</span> ${t}
${n?d`<span class="secondary">${n}</span>`:b}</span
>
${e.is_active?d`${o(`mdi:chevron-double-left`)}<span class="visually-hidden"
>${this.t(`printers.spool_active`)}</span
>`:b}
</li>`}spools(){let e=this.printer.spools??[];return e.length?d`<ul class="spools" aria-label=${this.t(`printers.spools`)}>
${e.map(e=>this.spool(e))}
</ul>`:b}errors(){let e=this.printer.errors??[];return e.length?d`<ul class="errors" aria-label=${this.t(`printers.errors`)}>
${e.map(e=>d`<li>
${o(`mdi:alert-circle`)}<span
>${this.app.say(e)}
<span class="secondary small">${e.code}</span>
${T(e.link)?d`<a href=${e.link} target="_blank" rel="noreferrer noopener"
>${this.t(`printers.error_help`)}</a
>`:b}</span
>
</li>`)}
</ul>`:b}plate(){let{driven_by:e}=this.printer;return e==null?this.printer.plate_occupied?d`<div class="plate">
<span>${o(`mdi:tray-alert`)}${this.t(`printers.plate_occupied`)}</span>
<span class="answers">
${this.answer(`printers.plate_cleared`,`mdi:check`,`primary`,()=>this.clear())}
${this.printer.plate?.job_id?[this.answer(`printers.plate_good`,`mdi:thumb-up-outline`,`plain`,()=>this.judging.good(this.clear)),this.answer(`printers.plate_failed`,`mdi:thumb-down-outline`,`plain`,()=>this.decides?this.judging.failedAndAgain(this.clear):this.judging.failed(this.clear,`printers.failed_confirm`))]:b}
</span>
</div>`:b:d`<p class="secondary">
${o(`mdi:home-switch-outline`)}${e?this.t(`printers.driven_by`,{instance:e}):this.t(`printers.driver_unknown`)}
</p>
${e&&this.printer.plate_occupied?d`<p class="secondary">
${o(`mdi:tray-alert`)}${this.t(`printers.plate_occupied`)}
</p>`:b}`}answer(e,t,n,r){return c({label:this.t(e),icon:t,look:n,disabled:!this.isLive||this.isBusy,onClick:()=>void r()})}camera(){let{camera:e,still:t,name:n}=this.printer,r=this.t(`printers.camera`,{printer:n});return!e&&t?d`<bvp-still .app=${this.app} .src=${t} .alt=${r}></bvp-still>`:e&&this.blind!==e?d`<img
class="camera"
src=${e}
alt=${r}
loading="lazy"
draggable="false"
@error=${()=>this.blind=e}
/>`:b}queue(){let{printer:e,app:n}=this,r=e.queued??0,i=e.free_from,a=r?this.t(`printers.queued`,{count:r}):this.t(`printers.queued_none`),o=this.waiting&&n.say(this.waiting);return d`<span>
${o&&o!==this.reason?d`${v(`mdi:timer-sand`,o)}<br />`:b}
<a
class="touch"
href=${n.url(`queue`,null,{printer:e.id})}
@click=${r=>t(r,()=>n.go(`queue`,null,{printer:e.id}))}
>${a}</a
>
${i?this.t(`printers.free_from`,{time:n.format.moment(i)}):b}
</span>`}render(){let{printer:t,app:n}=this;return d`<article class="card" aria-labelledby="name">
<header>
<div class="name">
<h3 id="name">${t.name}</h3>
<div class="model">
<span class="secondary">${t.model} · ${t.address}</span>${this.status()}
</div>
</div>
${n.isAdmin?e({label:this.t(`printers.settings`,{printer:t.name}),icon:`mdi:cog`,onClick:()=>n.visit(D)}):b}
</header>
${this.judging.render()} ${this.reason?d`<p class="secondary">${this.reason}</p>`:b} ${this.errors()} ${this.plate()} ${this.uploading()} ${this.print()}
${this.camera()}
${this.temperatures()} ${this.spools()}
<footer>
${this.queue()}
${t.prints_from_queue?b:v(`mdi:hand-back-right-outline`,this.t(`printers.by_hand`))}
</footer>
</article>`}};i([r({attribute:!1})],L.prototype,`printer`,void 0),i([r({type:Boolean})],L.prototype,`isLive`,void 0),i([r({type:Boolean})],L.prototype,`decides`,void 0),i([r({attribute:!1})],L.prototype,`waiting`,void 0),i([n()],L.prototype,`isBusy`,void 0),i([n()],L.prototype,`blind`,void 0),L=i([a(`bvp-real-printer`)],L);var R=`••••••••`,z=3e4,B=class{constructor(e){this.host=e,this.code=null,e.addController(this)}hostDisconnected(){this.hide()}hide(){clearTimeout(this.timer),this.code=null,this.host.requestUpdate()}async secret(){let{app:e,printer:t}=this.host;return this.code??(await e.attempt(e.api.secret(t.id)))?.access_code}async reveal(){if(this.code!==null){this.hide();return}let{printer:e}=this.host,t=await this.secret()??null;e.id===this.host.printer.id&&this.host.isConnected&&(this.code=t,clearTimeout(this.timer),this.timer=setTimeout(()=>this.hide(),z),this.host.requestUpdate())}async copy(){let e=await this.secret();e!==void 0&&await E(this.host.app,this.host,e)}row(t=!1){let{app:n,printer:r}=this.host;if(!n.isAdmin||r.kind!==`virtual`)return b;let i=this.code!==null;return d`<dt>${n.t(`printers.code`)}</dt>
<dd>
<code
aria-label=${i?b:n.t(`printers.code_hidden`)}
role=${i?b:`img`}
>${this.code??R}</code
>
${e({label:n.t(i?`printers.code_hide`:`printers.code_show`),icon:i?`mdi:eye-off`:`mdi:eye`,disabled:t,onClick:()=>void this.reveal()})}
${e({label:n.t(`printers.code_copy`),icon:`mdi:content-copy`,disabled:t,onClick:()=>void this.copy()})}
</dd>`}},V=p`
input.toggle[type="checkbox"]{position:relative;flex:none;width:44px;height:24px;min-height:0;margin-block:10px;border:2px solid var(--secondary-text-color);border-radius:12px;appearance:none;background:none;cursor:pointer;transition:background-color var(--ha-animation-duration-fast,0.15s)}input.toggle::before{position:absolute;inset:-12px -2px;content:""}input.toggle::after{position:absolute;inset-block-start:4px;inset-inline-start:4px;width:12px;height:12px;border-radius:50%;background:var(--secondary-text-color);content:"";transition:inset-inline-start var(--ha-animation-duration-fast,0.15s)}input.toggle:checked{border-color:var(--primary-color);background:var(--primary-color)}input.toggle:checked::after{inset-inline-start:24px;background:var(--text-primary-color,#fff)}input.toggle:disabled{opacity:0.5;cursor:default}`;function H(e){return d`<input
type="checkbox"
role="switch"
class="toggle"
aria-checked=${e.checked}
aria-label=${e.label}
title=${e.label}
.checked=${e.checked}
?disabled=${e.disabled??!1}
@change=${t=>e.onChange(t.target.checked)}
/>`}var U={ok:{icon:`mdi:check-circle`,tone:`good`},warning:{icon:`mdi:alert`,tone:`warning`},problem:{icon:`mdi:close-circle`,tone:`bad`},not_checked:{icon:`mdi:help-circle-outline`,tone:``}},W=class extends S{constructor(...e){super(...e),this.isRunning=!1}static{this.styles=[x,p`
li{display:flex;gap:12px;padding:8px 0;overflow-wrap:anywhere}li + li{border-top:1px solid var(--divider-color)}.good .icon{color:var(--success-color)}.warning .icon{color:var(--warning-color)}.bad .icon{color:var(--error-color)}.remedy{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px}.wait{padding:24px 0;text-align:center}.summary{margin-bottom:8px}`]}connectedCallback(){super.connectedCallback(),this.run()}async run(){this.isRunning=!0,this.error=void 0;try{this.report=await this.app.api.check(this.printer.id)}catch(e){this.error=e}this.isRunning=!1}summary(e){let t=(...t)=>e.checks.filter(e=>t.includes(e.outcome)).length,n=t(`problem`,`warning`),r=this.app.format.time(e.checked_at);return d`<p class="summary" role="status">
${n?this.t(`printers.check_bad`,{count:n,time:r}):t(`not_checked`)?this.t(`printers.check_as_far`,{time:r}):this.t(`printers.check_good`,{count:e.checks.length,time:r})}
</p>`}remedy({text_key:e,link:t}){if(!t)return b;let n=/trust|wrong_code/.test(e);return d`<span class="remedy"
><a href=${t} target="_blank" rel="noreferrer noopener"
>${this.t(`printers.check_remedy`)}</a
>${n&&this.app.isAdmin?c({label:this.t(`printers.connect`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`connect`))}):b}</span
>`}content(){if(this.error)return s(`error`,this.app.sayError(this.error));if(!this.report||this.isRunning)return d`<p class="wait secondary" role="status">${this.t(`printers.check_running`)}</p>`;let e=[`problem`,`warning`,`not_checked`,`ok`],t=[...this.report.checks].sort((t,n)=>e.indexOf(t.outcome)-e.indexOf(n.outcome));return d`${this.summary(this.report)}
<ul>
${t.map(e=>{let t=U[e.outcome];return d`<li class=${t.tone}>
${o(t.icon)}<span
><span class="visually-hidden">${this.t(`printers.outcome_${e.outcome}`)}: </span
>${this.app.say(e)}
${this.remedy(e)}</span
>
</li>`})}
</ul>`}render(){return d`<bvp-dialog
.app=${this.app}
heading=${this.t(`printers.check_heading`,{printer:this.printer.name})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.content()}
<div slot="actions">
${this.isRunning?b:c({label:this.t(`printers.check_again`),icon:`mdi:refresh`,onClick:()=>void this.run()})}
</div>
</bvp-dialog>`}};i([r({attribute:!1})],W.prototype,`printer`,void 0),i([n()],W.prototype,`report`,void 0),i([n()],W.prototype,`error`,void 0),i([n()],W.prototype,`isRunning`,void 0),W=i([a(`bvp-check-dialog`)],W);var G=[`windows`,`macos`,`linux`],K={windows:`Windows`,macos:`macOS`,linux:`Linux`};function q(){let e=navigator.userAgent;return/Mac|iPhone|iPad/.test(e)?`macos`:/Linux|X11/.test(e)&&!/Android/.test(e)?`linux`:`windows`}var J={waiting:{icon:`mdi:timer-sand`,tone:``},not_trusted:{icon:`mdi:alert`,tone:`warning`},wrong_code:{icon:`mdi:alert`,tone:`warning`},connected:{icon:`mdi:check-circle`,tone:`good`}},Y=class extends S{constructor(...e){super(...e),this.event={state:`waiting`,client:null},this.system=q(),this.code=new B(this),this.qr=new N(this)}static{this.styles=[x,p`
ol{display:grid;gap:20px;counter-reset:step}ol > li{display:grid;gap:8px;padding-inline-start:40px;position:relative;counter-increment:step}ol > li::before{position:absolute;inset-inline-start:0;width:28px;height:28px;border:1px solid var(--divider-color);border-radius:50%;content:counter(step);line-height:26px;text-align:center}h3{font-size:var(--ha-font-size-m,14px);font-weight:var(--ha-font-weight-medium,500);line-height:28px}[role="tablist"]{display:flex;gap:4px;border-bottom:1px solid var(--divider-color)}[role="tab"]{min-height:44px;padding:0 12px;border:0;border-bottom:3px solid transparent;background:none;color:inherit;font:inherit;cursor:pointer}[role="tab"][aria-selected="true"]{border-color:var(--primary-color);font-weight:var(--ha-font-weight-medium,500)}.line{display:flex;align-items:center;gap:4px;padding:4px 4px 4px 12px;border-radius:var(--ha-border-radius-md,8px);background:var(--secondary-background-color)}code{flex:1;min-width:0;font-family:var(--ha-font-family-code,monospace);overflow-wrap:anywhere}.state{display:flex;align-items:center;gap:12px;padding:12px;border:1px solid var(--divider-color);border-radius:var(--ha-border-radius-md,8px)}.good .icon{color:var(--success-color)}.warning .icon{color:var(--warning-color)}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}dt{color:var(--secondary-text-color)}dd{display:flex;align-items:center;gap:4px;min-width:0;margin:0;overflow-wrap:anywhere}dt{align-self:center}dd code{flex:none}`]}connectedCallback(){super.connectedCallback(),this.watching=this.app.api.connect(this.printer.id,e=>this.event=e);let e=e=>this.error=e;this.watching.catch(e),this.app.api.trustCommands().then(e=>this.commands=e,e),this.app.api.connection(this.printer.id).then(e=>this.connection=e,e)}disconnectedCallback(){super.disconnectedCallback(),this.watching?.then(e=>e()).catch(()=>void 0)}onTabKey(e){let t={ArrowRight:1,ArrowLeft:-1}[e.key];if(!t)return;e.preventDefault();let n=getComputedStyle(this).direction===`rtl`,r=G.indexOf(this.system)+(n?-t:t);this.system=G[(r+G.length)%G.length],this.updateComplete.then(()=>this.renderRoot.querySelector(`[aria-selected="true"]`)?.focus())}trust(){let t=this.commands?.commands[this.system];return d`<div role="tablist" aria-label=${this.t(`printers.connect_system`)}>
${G.map(e=>d`<button
type="button"
role="tab"
id="tab-${e}"
aria-controls="command"
aria-selected=${e===this.system}
tabindex=${e===this.system?0:-1}
@click=${()=>this.system=e}
@keydown=${this.onTabKey}
>
${K[e]}
</button>`)}
</div>
<div id="command" role="tabpanel" aria-labelledby="tab-${this.system}">
<p class="secondary small">${this.t(`printers.connect_where_${this.system}`)}</p>
${t?d`<div class="line">
<code>${t}</code>
${e({label:this.t(`printers.connect_copy`),icon:`mdi:content-copy`,onClick:()=>void E(this.app,this,t)})}
</div>`:b}
</div>`}facts(){let e=this.connection;return e?d`<dl>
<dt>${this.t(`printers.name`)}</dt>
<dd>${e.name}</dd>
<dt>${this.t(`printers.address`)}</dt>
<dd>${e.address}</dd>
<dt>${this.t(`printers.serial`)}</dt>
<dd>${e.serial}</dd>
${this.code.row()}
</dl>`:b}live(){let e=J[this.event.state];return d`<div class="state ${e.tone}" role="status">
${o(e.icon)}
<span
>${this.t(`printers.connect_${this.event.state}`,{client:this.event.client??``,printer:this.printer.name})}</span
>
</div>`}render(){return d`<bvp-dialog
.app=${this.app}
heading=${this.t(`printers.connect_heading`,{printer:this.printer.name})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.error?s(`error`,this.app.sayError(this.error)):b}
${this.qr.button(this.app,()=>this.app.url(`printers`,this.printer.id))}
<ol>
<li>
<h3>${this.t(`printers.connect_trust`)}</h3>
${this.trust()}
</li>
<li>
<h3>${this.t(`printers.connect_choose`)}</h3>
<p class="secondary">${this.t(`printers.connect_choose_how`)}</p>
${this.facts()}
</li>
<li>
<h3>${this.t(`printers.connect_wait`)}</h3>
${this.live()}
</li>
</ol>
</bvp-dialog>
${this.qr.render(this.app)}`}};i([r({attribute:!1})],Y.prototype,`printer`,void 0),i([n()],Y.prototype,`commands`,void 0),i([n()],Y.prototype,`connection`,void 0),i([n()],Y.prototype,`event`,void 0),i([n()],Y.prototype,`error`,void 0),i([n()],Y.prototype,`system`,void 0),Y=i([a(`bvp-connect-dialog`)],Y);var X=[`immediate`,`review`,`queue`],Z=class extends S{constructor(...e){super(...e),this.isLive=!1,this.dialog=null,this.isBusy=!1,this.code=new B(this)}static{this.styles=[x,P,g,V]}willUpdate(e){e.has(`printer`)&&e.get(`printer`)?.id!==this.printer.id&&this.code.hide()}async set(e){this.isBusy=!0,await this.app.attempt(this.app.api.setPrinter(this.printer.id,e)),this.isBusy=!1}status(){switch(this.printer.status){case`running`:return v(`mdi:check-circle`,this.t(`printers.status_running`),`good`);case`off`:return v(`mdi:power-off`,this.t(`printers.status_off`));default:return v(`mdi:alert-circle`,this.t(`printers.status_problem`),`bad`)}}problems(){return(this.printer.problems??[]).map(e=>{let t={text_key:Q[e.key]??`check_port_failed`,values:{address:e.address,port:String(e.port),reason:e.reason}};return s(`error`,this.app.say(t))})}failure(){let{printer:e}=this;return e.status===`problem`&&!e.problems?.length?s(`error`,this.t(`printers.failure`)):b}mode(){let{printer:e}=this;return e.kind===`proxy`?d`<dt>${this.t(`printers.target`)}</dt>
<dd>${this.target?.name??this.t(`printers.target_gone`)}</dd>`:d`<dt><label for="mode">${this.t(`printers.mode`)}</label></dt>
<dd>
${this.app.isAdmin?d`<select
id="mode"
.value=${M(e.mode??``)}
?disabled=${!this.isLive||this.isBusy}
@change=${e=>this.set({mode:e.target.value})}
>
${X.map(t=>d`<option value=${t} ?selected=${t===e.mode}>
${this.t(`printers.mode_${t}`)}
</option>`)}
</select>`:this.t(`printers.mode_${e.mode}`)}
</dd>`}slicers(){let e=this.printer.slicers??[],t=[...new Set(e.map(e=>e.ip))];return d`<dt>${this.t(`printers.slicers`)}</dt>
<dd>${t.length?this.app.format.list(t):this.t(`printers.slicers_none`)}</dd>`}last(){let e=this.printer.last_upload;return e?d`<div class="last">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div>
<strong>${e.name}</strong>
<span class="secondary"
>${e.source_ip?this.t(`printers.last_upload`,{ago:this.app.format.ago(e.received_at),ip:e.source_ip}):this.app.format.ago(e.received_at)}</span
>
</div>
</div>`:b}dialogs(){let e=()=>this.dialog=null;return this.dialog===`check`?d`<bvp-check-dialog
.app=${this.app}
.printer=${this.printer}
@connect=${()=>this.dialog=`connect`}
@closed=${e}
></bvp-check-dialog>`:this.dialog===`connect`?d`<bvp-connect-dialog
.app=${this.app}
.printer=${this.printer}
@closed=${e}
></bvp-connect-dialog>`:b}render(){let{printer:t,app:n}=this;return d`<article class="card" aria-labelledby="name">
<header>
<div class="name">
<h3 id="name">${t.name}</h3>
<div class="model"><span class="secondary">${t.model}</span>${this.status()}</div>
</div>
${n.isAdmin?e({label:this.t(`printers.settings`,{printer:t.name}),icon:`mdi:cog`,onClick:()=>n.visit(D)}):b}
${n.isAdmin&&t.enabled!==void 0?H({label:this.t(`printers.enabled`,{printer:t.name}),checked:t.enabled,disabled:!this.isLive||this.isBusy,onChange:e=>void this.set({enabled:e})}):b}
</header>
${this.problems()} ${this.failure()}
<dl>
${this.mode()}
<dt>${this.t(`printers.address`)}</dt>
<dd>
<code>${t.address}</code>
${e({label:this.t(`printers.address_copy`),icon:`mdi:content-copy`,onClick:()=>void E(n,this,t.address??``)})}
</dd>
${this.code.row(!this.isLive)} ${this.slicers()}
</dl>
${this.last()}
<footer>
${n.isAdmin?c({label:this.t(`printers.connect`),icon:`mdi:lan-connect`,disabled:!this.isLive||t.status!==`running`,onClick:()=>this.dialog=`connect`}):b}
${c({label:this.t(`printers.check`),icon:`mdi:clipboard-check-outline`,disabled:!this.isLive,onClick:()=>this.dialog=`check`})}
</footer>
</article>
${this.dialogs()}`}};i([r({attribute:!1})],Z.prototype,`printer`,void 0),i([r({attribute:!1})],Z.prototype,`target`,void 0),i([r({type:Boolean})],Z.prototype,`isLive`,void 0),i([n()],Z.prototype,`dialog`,void 0),i([n()],Z.prototype,`isBusy`,void 0),Z=i([a(`bvp-virtual-printer`)],Z);var Q={port_in_use:`check_port_in_use`,port_forbidden:`check_port_forbidden`,address_missing:`check_address_missing`},te=[{kind:`virtual`,heading:`printers.virtual`,add:`printers.add_virtual`},{kind:`proxy`,heading:`printers.proxies`,add:`printers.add_proxy`},{kind:`real`,heading:`printers.real`,add:`printers.add_real`}],$=class extends y{constructor(...e){super(...e),this.shownId=null}static{this.styles=[x,p`
:host{display:block;width:100%;max-width:calc(1200px + 2 * var(--bvp-gutter));margin:0 auto;padding:16px var(--bvp-gutter) 32px}section + section{margin-top:24px}.heading{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px;min-height:48px;margin-bottom:8px}ul{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));gap:16px}li{border-radius:var(--ha-card-border-radius,var(--ha-border-radius-lg,12px))}li > *{height:100%}`]}updated(e){super.updated(e);let t=this.route.id;if(t===this.shownId)return;let n=t&&this.renderRoot.querySelector(`#printer-${CSS.escape(t)}`);(!t||n)&&(this.shownId=t,n&&requestAnimationFrame(()=>{n.scrollIntoView({block:`center`}),n.focus({preventScroll:!0})}))}card(e){let{app:t,state:n}=this,r=n.connection===`live`;return d`<li id="printer-${e.id}" tabindex="-1">
${e.kind===`real`?d`<bvp-real-printer
.decides=${this.state.viewer.rights.includes(`decide`)}
.app=${t}
.printer=${e}
.waiting=${k(n.queue,e)}
.isLive=${r}
></bvp-real-printer>`:d`<bvp-virtual-printer
.app=${t}
.printer=${e}
.target=${n.printers.find(t=>t.id===e.target_id)}
.isLive=${r}
></bvp-virtual-printer>`}
</li>`}section({kind:e,heading:t,add:n}){let r=this.state.printers.filter(t=>t.kind===e);return!r.length&&e===`proxy`||!r.length&&!this.app.isAdmin?b:d`<section aria-labelledby="heading-${e}">
<div class="heading">
<h2 id="heading-${e}">${this.t(t)}</h2>
${this.app.isAdmin?c({label:this.t(n),icon:`mdi:plus`,look:`plain`,onClick:()=>this.app.visit(D)}):b}
</div>
${r.length?d`<ul>
${C(r,e=>e.id,e=>this.card(e))}
</ul>`:d`<p class="secondary">${this.t(`printers.none_${e}`)}</p>`}
</section>`}render(){return this.state.printers.length?te.map(e=>this.section(e)):d`${w(`mdi:printer-3d`,this.t(`printers.empty`),this.app.isAdmin?c({label:this.t(`printers.add_virtual`),icon:`mdi:plus`,look:`primary`,onClick:()=>this.app.visit(D)}):b)}`}};$=i([a(`bvp-printers`)],$);export{$ as BvpPrinters};