import{$ as e,C as t,D as n,L as r,M as i,N as a,O as o,Q as s,S as c,Z as l,a as u,b as d,ct as f,d as p,dt as m,f as h,h as g,k as _,l as v,m as y,o as b,ot as x,p as S,rt as C,u as w,w as T,y as E}from"./shared-DPcjTYk3.js";import{t as D}from"./card-app-CsFKD_i-.js";import{n as O,t as k}from"./job-verbs-70rgz9hw.js";import{t as A}from"./preload-helper-tnMd9Xij.js";var j=`bvp-cards-folded`;function M(){try{let e=JSON.parse(localStorage.getItem(j)??`[]`);return Array.isArray(e)?e.filter(e=>typeof e==`string`):[]}catch{return[]}}function N(e){return M().includes(e)}function P(e,t){let n=M().filter(t=>t!==e);try{localStorage.setItem(j,JSON.stringify(t?[...n,e]:n))}catch{}}var F=m`
:host{display:block;height:100%;container-type:inline-size}.card{display:grid;align-content:start;gap:4px;height:100%;padding:12px}h2{flex:1;min-width:0}.head{display:flex;align-items:center;gap:4px}.fold{display:flex;align-items:center;gap:8px;width:100%;min-height:44px;padding:0 4px;border:0;border-radius:var(--ha-border-radius-md,8px);background:none;color:inherit;font:inherit;text-align:start;cursor:pointer}.fold span{min-width:0;overflow-wrap:anywhere}.row{display:grid;grid-template-columns:48px minmax(0,1fr) auto;align-items:center;gap:2px 12px;min-height:56px;padding:4px}.row bvp-picture{width:48px}.text{min-width:0;overflow-wrap:anywhere}.text a{display:inline-block;color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none}.handle{color:var(--secondary-text-color);cursor:grab;touch-action:none}.acts{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:4px}.facts{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px}.spools{display:grid;gap:4px;padding:0 4px 8px}.printer{grid-template-columns:24px minmax(0,1fr) auto}.compact .row{grid-template-columns:minmax(0,1fr) auto;min-height:44px;padding-block:2px}.compact .row > bvp-picture,.compact .row > .icon{display:none}.foot{display:flex;align-items:center;justify-content:space-between;padding:4px}.nothing{padding:16px 8px;color:var(--secondary-text-color)}.wall{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));align-items:start;gap:8px 24px;padding:8px}.wall > div:not(.top){container-type:inline-size}.wall .top{display:flex;grid-column:1 / -1;align-items:baseline;justify-content:space-between;gap:16px}.wall .top > *{font-size:var(--ha-font-size-2xl,24px);font-weight:var(--ha-font-weight-normal,400)}.wall .button{min-height:64px;font-size:var(--ha-font-size-l,16px)}.next{display:grid;grid-template-columns:minmax(96px,180px) minmax(0,1fr);align-items:center;gap:12px 16px;padding:4px}.next .text a{font-size:var(--ha-font-size-xl,20px)}.next .acts{flex:1;justify-content:stretch;align-items:center;gap:8px}.next > .acts{grid-column:1 / -1;flex-wrap:nowrap}.next .acts .button{flex:1 1 140px}@container (max-width:520px){.row .acts:has(.button + .button){grid-column:1 / -1}}`,I=m`
.schedule{display:grid;gap:8px;padding:4px}.schedule .name{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 8px}.bar{position:relative;height:28px;overflow:hidden;border-radius:var(--ha-border-radius-sm,4px);background:var(--secondary-background-color)}.bar li{position:absolute;inset-block:0;display:flex;align-items:center;overflow:hidden;padding-inline:6px;border-inline-start:2px solid var(--card-background-color);background:color-mix(in srgb,var(--primary-color) 24%,transparent);font-size:var(--ha-font-size-s,12px);white-space:nowrap}.bar li.active{background:color-mix(in srgb,var(--primary-color) 48%,transparent)}.marks{position:relative;height:18px}.marks span{position:absolute;padding-inline-start:3px;border-inline-start:1px solid var(--divider-color);white-space:nowrap}`,L=6e4,R={start:`mdi:play`,complete:`mdi:check`,fail:`mdi:close`};function z(e){let[t]=e,n=E(e);return(t.state===`waiting`&&c(t)?[`complete`,`fail`]:[`start`]).filter(e=>n.has(e))}function B({jobs:[e]}){return!t(e)&&!e.question}var V=class extends O{static{this.styles=[S,g,h,v,I,F]}connectedCallback(){super.connectedCallback(),this.minutes=setInterval(()=>this.requestUpdate(),L/4)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.minutes)}get limit(){return this.config?.limit??5}get chosen(){return[this.config?.printer??this.config?.printers??[]].flat()}get isFiltered(){return this.chosen.length>0}get printers(){let{chosen:e}=this,t=this.library.printers;return e.length?t.filter(t=>e.includes(t.id)||t.device_id!==null&&e.includes(t.device_id)):t}get jobs(){let{queue:e}=this.library,n=e=>t(e)||e.question!==null,r=[...e.filter(n),...e.filter(e=>!n(e))];if(!this.isFiltered)return r;let i=this.printers;return r.filter(e=>i.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}rows(e){let n=e.findIndex(e=>!t(e)&&!e.question),r=n<0?e:e.slice(0,n);return[...r.map(e=>({key:e.id,jobs:[e]})),...d(e.slice(r.length))]}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}link(e,t){return f`<a
class="touch"
href=${e}
@click=${t=>r(t,()=>this.app.visit(e))}
>${t}</a
>`}act(e,t,n,r,i=!1){return l({label:e,icon:t,look:n,disabled:i||this.library.connection!==`live`,onClick:()=>void r()})}verb(e,t,n){return this.act(this.t(`queue.verb_${t}`),R[t],n,()=>k(this.app,e,t))}joined(e){return e.filter(Boolean).map(e=>e.length<24?e.replaceAll(` `,`\xA0`):e).join(`\xA0· `)}jobWords(e){let t=this.app,{format:r}=t,i=e[0],{seconds:a,grams:o}=n(e),s=[e.length>1?this.t(`fact.plates`,{count:e.length}):``,a?r.duration(a):``,o?r.weight(o):``,e.at(-1).expected_end?this.t(`queue.ends_at`,{time:r.moment(e.at(-1).expected_end)}):``],c=e.length>1?i.name:T(t,i),l=[...new Set(e.flatMap(e=>e.filament_colors))],u=[...new Set(e.flatMap(e=>e.filament_types))];return f`<div class="text">
${this.link(t.url(`queue`,i.id),c)}
<div class="facts secondary small">
<span>${this.joined(s)}</span> ${w(l,u)}
</div>
<div class="secondary small">${t.say(i.waiting??i.status)}</div>
${i.progress===null||i.state!==`printing`?x:p(i.progress,c,r.percent(i.progress))}
${i.question?y(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):x}
</div>`}async move(e,t,n){let r=e.findIndex(e=>B(e)),{moveRow:i}=await A(async()=>{let{moveRow:e}=await import(`./moving-Cyka5Ugl.js`);return{moveRow:e}},[],import.meta.url),a=e.slice(r);await i(this.app,this.library.queue,a,t-r,Math.max(0,n-r))}handle(e,t){let n=e[t];return!B(n)||e.length<2||!b(`work`,n.jobs)?x:f`<button
type="button"
class="icon-button handle"
aria-label=${this.t(`queue.handle`,{name:n.jobs[0].name})}
?disabled=${this.library.connection!==`live`}
@keydown=${n=>{let r={ArrowUp:-1,ArrowDown:1}[n.key];r&&(n.preventDefault(),this.move(e,t,t+r))}}
>
${s(`mdi:drag-horizontal-variant`)}
</button>`}queue(){let e=this.rows(this.jobs);return C(this.list(e,t=>this.job(t,this.handle(e,e.indexOf(t))),`queue`),{disabled:this.library.connection!==`live`,handle:`.handle`,item:`.row`,onMove:(t,n)=>void this.move(e,t,n)})}job(e,t){let{jobs:n}=e,[r]=z(n);return f`<li class="row">
<bvp-picture .src=${n[0].picture_small}></bvp-picture>
${this.jobWords(n)}
<div class="acts">
${r?this.verb(n,r,r===`complete`?`primary`:void 0):x}
${this.byHand(n[0])} ${t}
</div>
</li>`}byHand(e){return e.state!==`waiting`||!t(e)?x:(A(()=>import(`./by-hand-OQj-XTnW.js`),[],import.meta.url),f`<bvp-by-hand
.app=${this.app}
.job=${e}
.disabled=${this.library.connection!==`live`}
></bvp-by-hand>`)}next(e){let t=z([e]);return f`<div class="next">
<bvp-picture .src=${e.picture??e.picture_small}></bvp-picture>
${this.jobWords([e])}
${t.length?f`<div class="acts">
<div class="acts">
${t.map((t,n)=>this.verb([e],t,n?void 0:`primary`))}
</div>
${this.byHand(e)}
</div>`:x}
</div>`}upload(e){let t=this.app,{format:n}=t,r=[e.sender,e.instance??``,e.printer,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``];return f`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(t.url(`inbox`,e.id),e.name)}
<div class="secondary small">${this.joined(r)}</div>
${e.wrong_model?y(`mdi:alert-outline`,t.say(e.wrong_model),`warning`):x}
${e.not_queueable?y(`mdi:playlist-remove`,t.say(e.not_queueable),`warning`):x}
</div>
<div class="acts">
${b(`decide`,[e])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,void 0,()=>_(t,[e],`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,void 0,()=>_(t,[e],`queue`),!!e.not_queueable)]:x}
</div>
</li>`}printer(e){let t=this.app,{format:n}=t,{live:r}=e,i=e.kind===`real`?e.availability===`online`:e.status===`running`,a=e.kind===`real`?[i?this.t(`printers.phase_${r?.phase??`unknown`}`):this.t(`card.not_reachable`),r?.phase===`running`&&r.name?r.name:``,r?.phase===`running`&&r.ends_at?this.t(`queue.ends_at`,{time:n.moment(r.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],o=r?.phase===`running`&&r.percent!==null;return f`<li class="row printer">
${s(i?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(t.url(`printers`,e.id),e.name)}
<div class="secondary small">${this.joined(a)}</div>
${o?p(r.percent,e.name,n.percent(r.percent)):x}
${e.plate_occupied?y(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):x}
</div>
<div class="acts">
${e.plate_occupied&&typeof e.driven_by!=`string`?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>t.attempt(t.api.clearPlate(e.id))):x}
</div>
</li>`}emptyWords(e){return this.isFiltered?this.printers.length?e===`inbox`?this.t(`card.empty_inbox`):this.t(this.chosen.length>1?`card.empty_queue`:`queue.empty_filter`):this.t(`card.gone`):this.t(`${e}.empty`)}list(e,t,n){let r=e.length-this.limit;return e.length?f`<ul>
${e.slice(0,this.limit).map(t)}
</ul>
${r>0?f`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:r})}</span>
${l({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(n)})}
</div>`:x}`:f`<p class="nothing">${this.emptyWords(n)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.queue();case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}countOf(e){return{inbox:this.uploads,queue:this.jobs,printers:this.printers}[e].length}fold(t,n,r,{count:i=0,tab:a}={}){let o=[this.config?.show??``,...this.chosen,t].join(`|`),c=!N(o);return f`<section>
<div class="head">
<h2>
<button
type="button"
class="fold"
aria-expanded=${c}
@click=${()=>{P(o,c),this.requestUpdate()}}
>
${s(c?`mdi:chevron-up`:`mdi:chevron-down`)}<span>${n}</span>
${i?f`<span class="secondary">${this.app.format.number(i)}</span>`:x}
</button>
</h2>
${a?e({label:this.t(`card.open_named`,{name:n}),icon:`mdi:chevron-right`,onClick:()=>this.app.go(a)}):x}
</div>
${c?r():x}
</section>`}schedule(){let e=this.app,{planner:t}=this;t||A(()=>import(`./schedule-DavNGKon.js`).then(e=>this.planner=e),[],import.meta.url);let n=t?.schedule(this.jobs,this.printers,Date.now(),e.format);return n?.bars.length?this.fold(`schedule`,this.t(`card.schedule`),()=>t.schedulePart(e,n,t=>u(e,this.library.targets,t.expected_on??``,t.target_name))):x}listUnder(e,t){return this.fold(e,t,()=>this.shown(e),{count:this.countOf(e),tab:e})}wall(){let[e]=this.jobs;return f`<div class="wall">
<div class="top">
<h2>${this.config?.title||this.t(`title`)}</h2>
<span>${this.app.format.time(new Date)}</span>
</div>
<div>
${e?this.fold(`next`,this.t(t(e)?`queue.section_now`:`card.next`),()=>this.next(e)):x}
${this.config?.schedule===!1?x:this.schedule()}
${this.listUnder(`printers`,this.t(`tab.printers`))}
</div>
<div>
${this.listUnder(`inbox`,this.t(`tab.inbox`))} ${this.listUnder(`queue`,this.t(`tab.queue`))}
</div>
</div>`}show(){let{config:e}=this,t=D.find(t=>t===e?.show)??`queue`;return t===`wall`?this.wall():f`${e?.title||e?.collapsible?this.listUnder(t,e.title||this.t(`tab.${t}`)):this.shown(t)}
${e?.schedule?this.schedule():x}`}camera({still:e,name:t}){return!this.config?.camera||!e?x:(A(()=>import(`./still-DHwvOGMK.js`),[],import.meta.url),f`<bvp-still
.app=${this.app}
.src=${e}
.alt=${this.t(`printers.camera`,{printer:t})}
></bvp-still>`)}oneOf(e){let t=(e.spools??[]).filter(e=>e.is_present),n=e.kind===`real`?`queue`:`inbox`;return f`<ul>
${this.printer(e)}
</ul>
${this.camera(e)}
${t.length?this.fold(`spools`,this.t(`printers.spools`),()=>f`<div class="spools secondary small">
${t.map(e=>f`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${w(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`):x}
${this.config?.schedule&&n===`queue`?this.schedule():x}
${this.listUnder(n,this.t(`tab.${n}`))}`}render(){let{available:e}=this.library;return f`<div class="card ${this.config?.compact?`compact`:``}">
${!this.app||e===null?x:e?this.show():f`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};o([a({attribute:!1})],V.prototype,`config`,void 0),o([i()],V.prototype,`planner`,void 0);var H=class extends V{get one(){let e=super.printers;return this.config?.printer?e[0]:e.find(e=>e.kind===`real`)??e[0]}get isFiltered(){return!0}get printers(){let{one:e}=this;return e?[e]:[]}show(){let{one:e}=this;return e?f`${this.oneOf(e)}`:f`<p class="nothing">${this.t(this.config?.printer?`card.gone`:`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,V),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,H);