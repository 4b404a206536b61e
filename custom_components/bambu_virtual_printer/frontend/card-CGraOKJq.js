import{C as e,D as t,E as n,I as r,M as i,Q as a,S as o,X as s,Z as c,a as l,at as u,d,f,h as p,k as m,l as h,m as g,nt as _,o as v,p as y,st as b,u as x,ut as S,v as C,w,y as T}from"./shared-CThElaYT.js";import{t as E}from"./config-B_981_Tm.js";import{n as D,t as O}from"./job-verbs-n-DeDlSu.js";import{t as k}from"./preload-helper-BQUUbbNx.js";var A=`bvp-cards-folded`;function j(){try{let e=JSON.parse(localStorage.getItem(A)??`[]`);return Array.isArray(e)?e.filter(e=>typeof e==`string`):[]}catch{return[]}}function M(e){return j().includes(e)}function N(e,t){let n=j().filter(t=>t!==e);try{localStorage.setItem(A,JSON.stringify(t?[...n,e]:n))}catch{}}var P=36e5,F=[[4,1],[8,2],[12,3],[24,6],[48,12],[96,24]],I=e=>new Date(e.expected_end).getTime();function L(e){let t=[],n=e.map(e=>({job:e,begin:new Date(e.expected_start).getTime(),end:I(e)}));for(let e of n.sort((e,t)=>e.begin-t.begin)){let n=t.at(-1);n?.job.archive_id===e.job.archive_id&&e.begin-n.end<6e4?n.end=e.end:t.push(e)}return t}function R(e,t,n){let r=t.filter(e=>e.kind===`real`),i=e.filter(e=>e.expected_on&&e.expected_start&&e.expected_end&&I(e)>=n),a=new Set([...r.map(e=>e.id),...i.map(e=>e.expected_on)]),o=Math.max(n,...i.map(I)),[s,c]=F.find(([e])=>n+e*P>=o)??F.at(-1),l=new Date(n);l.setMinutes(0,0,0),l.setHours(Math.ceil((l.getHours()+1)/c)*c);let u=n+s*P,d=[];for(let e=l.getTime();e<u;e+=c*P)d.push(e);return{begin:n,end:u,marks:d,bars:[...a].map(e=>({id:e,printer:r.find(t=>t.id===e),spans:L(i.filter(t=>t.expected_on===e)).filter(e=>e.begin<u)}))}}var z=S`
.schedule{display:grid;gap:8px;padding:4px}.schedule .name{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 8px}.bar{position:relative;height:28px;overflow:hidden;border-radius:var(--ha-border-radius-sm,4px);background:var(--secondary-background-color)}.bar li{position:absolute;inset-block:0;display:flex;align-items:center;overflow:hidden;padding-inline:6px;border-inline-start:2px solid var(--card-background-color);background:color-mix(in srgb,var(--primary-color) 24%,transparent);font-size:var(--ha-font-size-s,12px);white-space:nowrap}.bar li.active{background:color-mix(in srgb,var(--primary-color) 48%,transparent)}.marks{position:relative;height:18px}.marks span{position:absolute;padding-inline-start:3px;border-inline-start:1px solid var(--divider-color);white-space:nowrap}`;function B(e,{begin:t,end:n,marks:r,bars:i},a){let{format:o}=e,s=e=>Math.min(100,Math.max(0,(e-t)/(n-t)*100)),c=r.filter(e=>s(e)<88),l=e=>{let r=new Date(e);return r.getHours()===0&&r.getMinutes()===0&&n-t>24*P?o.weekday(r.getDay()):o.time(r)};return b`<div class="schedule">
${i.map(({printer:t,spans:n})=>{let r=n.at(-1),i=t?.name??a(r.job),c=t!==void 0&&t.availability!==`online`,l=r?e.t(`printers.free_from`,{time:o.moment(new Date(r.end))}):e.t(c?`card.not_reachable`:`queue.lane_free`);return b`<div>
<div class="name"><span>${i}</span><span class="secondary small">${l}</span></div>
<ul class="bar" aria-label=${i}>
${n.map(({job:t,begin:n,end:r})=>{let i=e.t(`card.span`,{name:t.name,from:o.moment(new Date(n)),to:o.moment(new Date(r))}),a=s(r)-s(n);return b`<li
class=${w(t)?`active`:``}
style="inset-inline-start:${s(n)}%;width:${a}%"
title=${i}
>
<span class="visually-hidden">${i}</span>
${a<9?u:b`<span aria-hidden="true">${t.name}</span>`}
</li>`})}
</ul>
</div>`})}
<div class="marks secondary small" aria-hidden="true">
${c.map(e=>b`<span style="inset-inline-start:${s(e)}%">${l(e)}</span>`)}
</div>
</div>`}var V=S`
:host{display:block;height:100%;container-type:inline-size}.card{display:grid;align-content:start;gap:4px;height:100%;padding:12px}h2{flex:1;min-width:0}.head{display:flex;align-items:center;gap:4px}.fold{display:flex;align-items:center;gap:8px;width:100%;min-height:44px;padding:0 4px;border:0;border-radius:var(--ha-border-radius-md,8px);background:none;color:inherit;font:inherit;text-align:start;cursor:pointer}.fold span{min-width:0;overflow-wrap:anywhere}.row{display:grid;grid-template-columns:48px minmax(0,1fr) auto;align-items:center;gap:2px 12px;min-height:56px;padding:4px}.row bvp-picture{width:48px}.text{min-width:0;overflow-wrap:anywhere}.text a{display:inline-block;color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none}.handle{color:var(--secondary-text-color);cursor:grab;touch-action:none}.acts{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:4px}.facts{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px}.spools{display:grid;gap:4px;padding:0 4px 8px}.printer{grid-template-columns:24px minmax(0,1fr) auto}.compact .row{grid-template-columns:minmax(0,1fr) auto;min-height:44px;padding-block:2px}.compact .row > bvp-picture,.compact .row > .icon{display:none}.foot{display:flex;align-items:center;justify-content:space-between;padding:4px}.nothing{padding:16px 8px;color:var(--secondary-text-color)}.wall{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));align-items:start;gap:8px 24px;padding:8px}.wall > div:not(.top){container-type:inline-size}.wall .top{display:flex;grid-column:1 / -1;align-items:baseline;justify-content:space-between;gap:16px}.wall .top > *{font-size:var(--ha-font-size-2xl,24px);font-weight:var(--ha-font-weight-normal,400)}.wall .button{min-height:64px;font-size:var(--ha-font-size-l,16px)}.next{display:grid;grid-template-columns:minmax(96px,180px) minmax(0,1fr);align-items:center;gap:12px 16px;padding:4px}.next .text a{font-size:var(--ha-font-size-xl,20px)}.next .acts{flex:1;justify-content:stretch;align-items:center;gap:8px}.next > .acts{grid-column:1 / -1;flex-wrap:nowrap}.next .acts .button{flex:1 1 140px}@container (max-width:520px){.row .acts:has(.button + .button){grid-column:1 / -1}}`,H=6e4,U={start:`mdi:play`,complete:`mdi:check`,fail:`mdi:close`};function W({jobs:[e]}){return!n(e)&&!e.question}var G=class extends D{static{this.styles=[y,p,f,h,z,V]}connectedCallback(){super.connectedCallback(),this.minutes=setInterval(()=>this.requestUpdate(),H/4)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.minutes)}get limit(){return this.config?.limit??5}get chosen(){return[this.config?.printer??this.config?.printers??[]].flat()}get isFiltered(){return this.chosen.length>0}get printers(){let{chosen:e}=this,t=this.library.printers;return e.length?t.filter(t=>e.includes(t.id)||t.device_id!==null&&e.includes(t.device_id)):t}get jobs(){let{queue:e}=this.library,t=e=>n(e)||e.question!==null,r=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return r;let i=this.printers;return r.filter(e=>i.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}rows(t){let r=t.findIndex(e=>!n(e)&&!e.question),i=r<0?t:t.slice(0,r);return[...i.map(e=>({key:e.id,jobs:[e]})),...e(t.slice(i.length))]}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}link(e,t){return b`<a
class="touch"
href=${e}
@click=${t=>r(t,()=>this.app.visit(e))}
>${t}</a
>`}act(e,t,n,r,i=!1){return s({label:e,icon:t,look:n,disabled:i||this.library.connection!==`live`,onClick:()=>void r()})}verb(e,t,n){return this.act(this.t(`queue.verb_${t}`),U[t],n,()=>O(this.app,e,t))}joined(e){return e.filter(Boolean).map(e=>e.length<24?e.replaceAll(` `,`\xA0`):e).join(`\xA0· `)}jobWords(e){let n=this.app,{format:r}=n,i=e[0],{seconds:a,grams:o}=m(e),s=[e.length>1?this.t(`fact.plates`,{count:e.length}):``,a?r.duration(a):``,o?r.weight(o):``,e.at(-1).expected_end?this.t(`queue.ends_at`,{time:r.moment(e.at(-1).expected_end)}):``],c=e.length>1?i.name:t(n,i),l=[...new Set(e.flatMap(e=>e.filament_colors))],f=[...new Set(e.flatMap(e=>e.filament_types))];return b`<div class="text">
${this.link(n.url(`queue`,i.id),c)}
<div class="facts secondary small">
<span>${this.joined(s)}</span> ${x(l,f)}
</div>
<div class="secondary small">${n.say(i.waiting??i.status)}</div>
${i.progress===null||i.state!==`printing`?u:d(i.progress,c,r.percent(i.progress))}
${i.question?g(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):u}
</div>`}async move(e,t,n){let r=e.findIndex(e=>W(e)),{moveRow:i}=await k(async()=>{let{moveRow:e}=await import(`./moving-CBkb88j_.js`);return{moveRow:e}},[],import.meta.url),a=e.slice(r);await i(this.app,this.library.queue,a,t-r,Math.max(0,n-r))}handle(e,t){let n=e[t];return!W(n)||e.length<2||!v(`work`,n.jobs)?u:b`<button
type="button"
class="icon-button handle"
aria-label=${this.t(`queue.handle`,{name:n.jobs[0].name})}
?disabled=${this.library.connection!==`live`}
@keydown=${n=>{let r={ArrowUp:-1,ArrowDown:1}[n.key];r&&(n.preventDefault(),this.move(e,t,t+r))}}
>
${c(`mdi:drag-horizontal-variant`)}
</button>`}queue(){let e=this.rows(this.jobs);return _(this.list(e,t=>this.job(t,this.handle(e,e.indexOf(t))),`queue`),{disabled:this.library.connection!==`live`,handle:`.handle`,item:`.row`,onMove:(t,n)=>void this.move(e,t,n)})}job(e,t){let{jobs:n}=e,r=o(n),i=n[0].state===`waiting`;return b`<li class="row">
<bvp-picture .src=${n[0].picture_small}></bvp-picture>
${this.jobWords(n)}
<div class="acts">
${i&&r.has(`complete`)?this.verb(n,`complete`,`primary`):r.has(`start`)?this.verb(n,`start`):u}
${this.byHand(n[0])} ${t}
</div>
</li>`}byHand(e){return e.state!==`waiting`||!n(e)?u:(k(()=>import(`./by-hand-CLIwQs0H.js`),[],import.meta.url),b`<bvp-by-hand
.app=${this.app}
.job=${e}
.disabled=${this.library.connection!==`live`}
></bvp-by-hand>`)}next(e){let t=[`start`,`complete`,`fail`].filter(t=>e.verbs.includes(t));return b`<div class="next">
<bvp-picture .src=${e.picture??e.picture_small}></bvp-picture>
${this.jobWords([e])}
${t.length?b`<div class="acts">
<div class="acts">
${t.map((t,n)=>this.verb([e],t,n?void 0:`primary`))}
</div>
${this.byHand(e)}
</div>`:u}
</div>`}upload(e){let t=this.app,{format:n}=t,r=[e.sender,e.instance??``,e.printer,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``];return b`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(t.url(`inbox`,e.id),e.name)}
<div class="secondary small">${this.joined(r)}</div>
${e.wrong_model?g(`mdi:alert-outline`,t.say(e.wrong_model),`warning`):u}
${e.not_queueable?g(`mdi:playlist-remove`,t.say(e.not_queueable),`warning`):u}
</div>
<div class="acts">
${v(`decide`,[e])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,void 0,()=>T(t,[e],`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,void 0,()=>T(t,[e],`queue`),!!e.not_queueable)]:u}
</div>
</li>`}printer(e){let t=this.app,{format:n}=t,{live:r}=e,i=e.kind===`real`?e.availability===`online`:e.status===`running`,a=e.kind===`real`?[i?this.t(`printers.phase_${r?.phase??`unknown`}`):this.t(`card.not_reachable`),r?.phase===`running`&&r.name?r.name:``,r?.phase===`running`&&r.ends_at?this.t(`queue.ends_at`,{time:n.moment(r.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],o=r?.phase===`running`&&r.percent!==null;return b`<li class="row printer">
${c(i?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(t.url(`printers`,e.id),e.name)}
<div class="secondary small">${this.joined(a)}</div>
${o?d(r.percent,e.name,n.percent(r.percent)):u}
${e.plate_occupied?g(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):u}
</div>
<div class="acts">
${e.plate_occupied&&typeof e.driven_by!=`string`?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>t.attempt(t.api.clearPlate(e.id))):u}
</div>
</li>`}list(e,t,n){let r=e.length-this.limit;return e.length?b`<ul>
${e.slice(0,this.limit).map(t)}
</ul>
${r>0?b`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:r})}</span>
${s({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(n)})}
</div>`:u}`:b`<p class="nothing">${this.t(`${n}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.queue();case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}countOf(e){return{inbox:this.uploads,queue:this.jobs,printers:this.printers}[e].length}fold(e,t,n,{count:r=0,tab:i}={}){let o=[this.config?.show??``,...this.chosen,e].join(`|`),s=!M(o);return b`<section>
<div class="head">
<h2>
<button
type="button"
class="fold"
aria-expanded=${s}
@click=${()=>{N(o,s),this.requestUpdate()}}
>
${c(s?`mdi:chevron-up`:`mdi:chevron-down`)}<span>${t}</span>
${r?b`<span class="secondary">${this.app.format.number(r)}</span>`:u}
</button>
</h2>
${i?a({label:this.t(`card.open_named`,{name:t}),icon:`mdi:chevron-right`,onClick:()=>this.app.go(i)}):u}
</div>
${s?n():u}
</section>`}schedule(){let e=this.app,t=R(this.jobs,this.printers,Date.now());return t.bars.length?this.fold(`schedule`,this.t(`card.schedule`),()=>B(e,t,t=>l(e,this.library.targets,t.expected_on??``,t.target_name))):u}listUnder(e,t){return this.fold(e,t,()=>this.shown(e),{count:this.countOf(e),tab:e})}wall(){let[e]=this.jobs;return b`<div class="wall">
<div class="top">
<h2>${this.config?.title||this.t(`title`)}</h2>
<span>${this.app.format.time(new Date)}</span>
</div>
<div>
${e?this.fold(`next`,this.t(n(e)?`queue.section_now`:`card.next`),()=>this.next(e)):u}
${this.config?.schedule===!1?u:this.schedule()}
${this.listUnder(`printers`,this.t(`tab.printers`))}
</div>
<div>
${this.listUnder(`inbox`,this.t(`tab.inbox`))} ${this.listUnder(`queue`,this.t(`tab.queue`))}
</div>
</div>`}show(){let{config:e}=this,t=E.find(t=>t===e?.show)??`queue`;return t===`wall`?this.wall():b`${e?.title||e?.collapsible?this.listUnder(t,e.title||this.t(`tab.${t}`)):this.shown(t)}
${e?.schedule?this.schedule():u}`}camera({still:e,name:t}){return!this.config?.camera||!e?u:(k(()=>import(`./still-xv6OOp0c.js`),[],import.meta.url),b`<bvp-still
.app=${this.app}
.src=${e}
.alt=${this.t(`printers.camera`,{printer:t})}
></bvp-still>`)}oneOf(e){let t=(e.spools??[]).filter(e=>e.is_present),n=e.kind===`real`?`queue`:`inbox`;return b`<ul>
${this.printer(e)}
</ul>
${this.camera(e)}
${t.length?this.fold(`spools`,this.t(`printers.spools`),()=>b`<div class="spools secondary small">
${t.map(e=>b`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${x(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`):u}
${this.config?.schedule&&n===`queue`?this.schedule():u}
${this.listUnder(n,this.t(`tab.${n}`))}`}render(){let{available:e}=this.library;return b`<div class="card ${this.config?.compact?`compact`:``}">
${!this.app||e===null?u:e?this.show():b`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};C([i({attribute:!1})],G.prototype,`config`,void 0);var K=class extends G{get one(){let e=super.printers;return this.config?.printer?e[0]:e.find(e=>e.kind===`real`)??e[0]}get isFiltered(){return!0}get printers(){let{one:e}=this;return e?[e]:[]}show(){let{one:e}=this;return e?b`${this.oneOf(e)}`:b`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,G),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,K);