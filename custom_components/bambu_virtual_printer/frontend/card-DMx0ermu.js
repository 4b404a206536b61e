import{$ as e,A as t,C as n,D as r,E as i,L as a,N as o,Q as s,S as c,T as l,Z as u,a as d,ct as f,d as p,dt as m,f as h,h as g,l as _,m as v,o as y,ot as b,p as x,rt as S,u as C,v as w,w as T,y as E}from"./shared-BtzMd3S0.js";import{t as D}from"./config-B_981_Tm.js";import{n as O,t as k}from"./job-verbs-DOqhsBXW.js";import{t as A}from"./preload-helper-BQUUbbNx.js";var j=`bvp-cards-folded`;function M(){try{let e=JSON.parse(localStorage.getItem(j)??`[]`);return Array.isArray(e)?e.filter(e=>typeof e==`string`):[]}catch{return[]}}function N(e){return M().includes(e)}function P(e,t){let n=M().filter(t=>t!==e);try{localStorage.setItem(j,JSON.stringify(t?[...n,e]:n))}catch{}}var F=36e5,I=[[4,1],[8,2],[12,3],[24,6],[48,12],[96,24]],L=e=>new Date(e.expected_end).getTime();function R(e){let t=[],n=e.map(e=>({job:e,begin:new Date(e.expected_start).getTime(),end:L(e)}));for(let e of n.sort((e,t)=>e.begin-t.begin)){let n=t.at(-1);n?.job.archive_id===e.job.archive_id&&e.begin-n.end<6e4?n.end=e.end:t.push(e)}return t}function z(e,t,n){let r=t.filter(e=>e.kind===`real`),i=e.filter(e=>e.expected_on&&e.expected_start&&e.expected_end&&L(e)>=n),a=new Set([...r.map(e=>e.id),...i.map(e=>e.expected_on)]),o=Math.max(n,...i.map(L)),[s,c]=I.find(([e])=>n+e*F>=o)??I.at(-1),l=new Date(n);l.setMinutes(0,0,0),l.setHours(Math.ceil((l.getHours()+1)/c)*c);let u=n+s*F,d=[];for(let e=l.getTime();e<u;e+=c*F)d.push(e);return{begin:n,end:u,marks:d,bars:[...a].map(e=>({id:e,printer:r.find(t=>t.id===e),spans:R(i.filter(t=>t.expected_on===e)).filter(e=>e.begin<u)}))}}var B=m`
.schedule{display:grid;gap:8px;padding:4px}.schedule .name{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 8px}.bar{position:relative;height:28px;overflow:hidden;border-radius:var(--ha-border-radius-sm,4px);background:var(--secondary-background-color)}.bar li{position:absolute;inset-block:0;display:flex;align-items:center;overflow:hidden;padding-inline:6px;border-inline-start:2px solid var(--card-background-color);background:color-mix(in srgb,var(--primary-color) 24%,transparent);font-size:var(--ha-font-size-s,12px);white-space:nowrap}.bar li.active{background:color-mix(in srgb,var(--primary-color) 48%,transparent)}.marks{position:relative;height:18px}.marks span{position:absolute;padding-inline-start:3px;border-inline-start:1px solid var(--divider-color);white-space:nowrap}`;function V(e,{begin:t,end:n,marks:r,bars:i},a){let{format:o}=e,s=e=>Math.min(100,Math.max(0,(e-t)/(n-t)*100)),c=r.filter(e=>s(e)<88),l=e=>{let r=new Date(e);return r.getHours()===0&&r.getMinutes()===0&&n-t>24*F?o.weekday(r.getDay()):o.time(r)};return f`<div class="schedule">
${i.map(({printer:t,spans:n})=>{let r=n.at(-1),i=t?.name??a(r.job),c=t!==void 0&&t.availability!==`online`,l=r?e.t(`printers.free_from`,{time:o.moment(new Date(r.end))}):e.t(c?`card.not_reachable`:`queue.lane_free`);return f`<div>
<div class="name"><span>${i}</span><span class="secondary small">${l}</span></div>
<ul class="bar" aria-label=${i}>
${n.map(({job:t,begin:n,end:r})=>{let i=e.t(`card.span`,{name:t.name,from:o.moment(new Date(n)),to:o.moment(new Date(r))}),a=s(r)-s(n);return f`<li
class=${T(t)?`active`:``}
style="inset-inline-start:${s(n)}%;width:${a}%"
title=${i}
>
<span class="visually-hidden">${i}</span>
${a<9?b:f`<span aria-hidden="true">${t.name}</span>`}
</li>`})}
</ul>
</div>`})}
<div class="marks secondary small" aria-hidden="true">
${c.map(e=>f`<span style="inset-inline-start:${s(e)}%">${l(e)}</span>`)}
</div>
</div>`}var H=m`
:host{display:block;height:100%;container-type:inline-size}.card{display:grid;align-content:start;gap:4px;height:100%;padding:12px}h2{flex:1;min-width:0}.head{display:flex;align-items:center;gap:4px}.fold{display:flex;align-items:center;gap:8px;width:100%;min-height:44px;padding:0 4px;border:0;border-radius:var(--ha-border-radius-md,8px);background:none;color:inherit;font:inherit;text-align:start;cursor:pointer}.fold span{min-width:0;overflow-wrap:anywhere}.row{display:grid;grid-template-columns:48px minmax(0,1fr) auto;align-items:center;gap:2px 12px;min-height:56px;padding:4px}.row bvp-picture{width:48px}.text{min-width:0;overflow-wrap:anywhere}.text a{display:inline-block;color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none}.handle{color:var(--secondary-text-color);cursor:grab;touch-action:none}.acts{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:4px}.facts{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px}.spools{display:grid;gap:4px;padding:0 4px 8px}.printer{grid-template-columns:24px minmax(0,1fr) auto}.compact .row{grid-template-columns:minmax(0,1fr) auto;min-height:44px;padding-block:2px}.compact .row > bvp-picture,.compact .row > .icon{display:none}.foot{display:flex;align-items:center;justify-content:space-between;padding:4px}.nothing{padding:16px 8px;color:var(--secondary-text-color)}.wall{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));align-items:start;gap:8px 24px;padding:8px}.wall > div:not(.top){container-type:inline-size}.wall .top{display:flex;grid-column:1 / -1;align-items:baseline;justify-content:space-between;gap:16px}.wall .top > *{font-size:var(--ha-font-size-2xl,24px);font-weight:var(--ha-font-weight-normal,400)}.wall .button{min-height:64px;font-size:var(--ha-font-size-l,16px)}.next{display:grid;grid-template-columns:minmax(96px,180px) minmax(0,1fr);align-items:center;gap:12px 16px;padding:4px}.next .text a{font-size:var(--ha-font-size-xl,20px)}.next .acts{flex:1;justify-content:stretch;align-items:center;gap:8px}.next > .acts{grid-column:1 / -1;flex-wrap:nowrap}.next .acts .button{flex:1 1 140px}@container (max-width:520px){.row .acts:has(.button + .button){grid-column:1 / -1}}`,U=6e4,W={start:`mdi:play`,complete:`mdi:check`,fail:`mdi:close`};function G(e){let[t]=e,n=c(e);return(t.state===`waiting`?l(t)?[`complete`,`fail`]:[]:[`start`]).filter(e=>n.has(e))}function K({jobs:[e]}){return!i(e)&&!e.question}var q=class extends O{static{this.styles=[x,g,h,_,B,H]}connectedCallback(){super.connectedCallback(),this.minutes=setInterval(()=>this.requestUpdate(),U/4)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.minutes)}get limit(){return this.config?.limit??5}get chosen(){return[this.config?.printer??this.config?.printers??[]].flat()}get isFiltered(){return this.chosen.length>0}get printers(){let{chosen:e}=this,t=this.library.printers;return e.length?t.filter(t=>e.includes(t.id)||t.device_id!==null&&e.includes(t.device_id)):t}get jobs(){let{queue:e}=this.library,t=e=>i(e)||e.question!==null,n=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return n;let r=this.printers;return n.filter(e=>r.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}rows(e){let t=e.findIndex(e=>!i(e)&&!e.question),r=t<0?e:e.slice(0,t);return[...r.map(e=>({key:e.id,jobs:[e]})),...n(e.slice(r.length))]}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}link(e,t){return f`<a
class="touch"
href=${e}
@click=${t=>a(t,()=>this.app.visit(e))}
>${t}</a
>`}act(e,t,n,r,i=!1){return u({label:e,icon:t,look:n,disabled:i||this.library.connection!==`live`,onClick:()=>void r()})}verb(e,t,n){return this.act(this.t(`queue.verb_${t}`),W[t],n,()=>k(this.app,e,t))}joined(e){return e.filter(Boolean).map(e=>e.length<24?e.replaceAll(` `,`\xA0`):e).join(`\xA0· `)}jobWords(e){let n=this.app,{format:i}=n,a=e[0],{seconds:o,grams:s}=t(e),c=[e.length>1?this.t(`fact.plates`,{count:e.length}):``,o?i.duration(o):``,s?i.weight(s):``,e.at(-1).expected_end?this.t(`queue.ends_at`,{time:i.moment(e.at(-1).expected_end)}):``],l=e.length>1?a.name:r(n,a),u=[...new Set(e.flatMap(e=>e.filament_colors))],d=[...new Set(e.flatMap(e=>e.filament_types))];return f`<div class="text">
${this.link(n.url(`queue`,a.id),l)}
<div class="facts secondary small">
<span>${this.joined(c)}</span> ${C(u,d)}
</div>
<div class="secondary small">${n.say(a.waiting??a.status)}</div>
${a.progress===null||a.state!==`printing`?b:p(a.progress,l,i.percent(a.progress))}
${a.question?v(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):b}
</div>`}async move(e,t,n){let r=e.findIndex(e=>K(e)),{moveRow:i}=await A(async()=>{let{moveRow:e}=await import(`./moving-vRU6s2oH.js`);return{moveRow:e}},[],import.meta.url),a=e.slice(r);await i(this.app,this.library.queue,a,t-r,Math.max(0,n-r))}handle(e,t){let n=e[t];return!K(n)||e.length<2||!y(`work`,n.jobs)?b:f`<button
type="button"
class="icon-button handle"
aria-label=${this.t(`queue.handle`,{name:n.jobs[0].name})}
?disabled=${this.library.connection!==`live`}
@keydown=${n=>{let r={ArrowUp:-1,ArrowDown:1}[n.key];r&&(n.preventDefault(),this.move(e,t,t+r))}}
>
${s(`mdi:drag-horizontal-variant`)}
</button>`}queue(){let e=this.rows(this.jobs);return S(this.list(e,t=>this.job(t,this.handle(e,e.indexOf(t))),`queue`),{disabled:this.library.connection!==`live`,handle:`.handle`,item:`.row`,onMove:(t,n)=>void this.move(e,t,n)})}job(e,t){let{jobs:n}=e,[r]=G(n);return f`<li class="row">
<bvp-picture .src=${n[0].picture_small}></bvp-picture>
${this.jobWords(n)}
<div class="acts">
${r?this.verb(n,r,r===`complete`?`primary`:void 0):b}
${this.byHand(n[0])} ${t}
</div>
</li>`}byHand(e){return e.state!==`waiting`||!i(e)?b:(A(()=>import(`./by-hand-By9muObG.js`),[],import.meta.url),f`<bvp-by-hand
.app=${this.app}
.job=${e}
.disabled=${this.library.connection!==`live`}
></bvp-by-hand>`)}next(e){let t=G([e]);return f`<div class="next">
<bvp-picture .src=${e.picture??e.picture_small}></bvp-picture>
${this.jobWords([e])}
${t.length?f`<div class="acts">
<div class="acts">
${t.map((t,n)=>this.verb([e],t,n?void 0:`primary`))}
</div>
${this.byHand(e)}
</div>`:b}
</div>`}upload(e){let t=this.app,{format:n}=t,r=[e.sender,e.instance??``,e.printer,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``];return f`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(t.url(`inbox`,e.id),e.name)}
<div class="secondary small">${this.joined(r)}</div>
${e.wrong_model?v(`mdi:alert-outline`,t.say(e.wrong_model),`warning`):b}
${e.not_queueable?v(`mdi:playlist-remove`,t.say(e.not_queueable),`warning`):b}
</div>
<div class="acts">
${y(`decide`,[e])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,void 0,()=>E(t,[e],`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,void 0,()=>E(t,[e],`queue`),!!e.not_queueable)]:b}
</div>
</li>`}printer(e){let t=this.app,{format:n}=t,{live:r}=e,i=e.kind===`real`?e.availability===`online`:e.status===`running`,a=e.kind===`real`?[i?this.t(`printers.phase_${r?.phase??`unknown`}`):this.t(`card.not_reachable`),r?.phase===`running`&&r.name?r.name:``,r?.phase===`running`&&r.ends_at?this.t(`queue.ends_at`,{time:n.moment(r.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],o=r?.phase===`running`&&r.percent!==null;return f`<li class="row printer">
${s(i?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(t.url(`printers`,e.id),e.name)}
<div class="secondary small">${this.joined(a)}</div>
${o?p(r.percent,e.name,n.percent(r.percent)):b}
${e.plate_occupied?v(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):b}
</div>
<div class="acts">
${e.plate_occupied&&typeof e.driven_by!=`string`?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>t.attempt(t.api.clearPlate(e.id))):b}
</div>
</li>`}list(e,t,n){let r=e.length-this.limit;return e.length?f`<ul>
${e.slice(0,this.limit).map(t)}
</ul>
${r>0?f`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:r})}</span>
${u({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(n)})}
</div>`:b}`:f`<p class="nothing">${this.t(`${n}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.queue();case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}countOf(e){return{inbox:this.uploads,queue:this.jobs,printers:this.printers}[e].length}fold(t,n,r,{count:i=0,tab:a}={}){let o=[this.config?.show??``,...this.chosen,t].join(`|`),c=!N(o);return f`<section>
<div class="head">
<h2>
<button
type="button"
class="fold"
aria-expanded=${c}
@click=${()=>{P(o,c),this.requestUpdate()}}
>
${s(c?`mdi:chevron-up`:`mdi:chevron-down`)}<span>${n}</span>
${i?f`<span class="secondary">${this.app.format.number(i)}</span>`:b}
</button>
</h2>
${a?e({label:this.t(`card.open_named`,{name:n}),icon:`mdi:chevron-right`,onClick:()=>this.app.go(a)}):b}
</div>
${c?r():b}
</section>`}schedule(){let e=this.app,t=z(this.jobs,this.printers,Date.now());return t.bars.length?this.fold(`schedule`,this.t(`card.schedule`),()=>V(e,t,t=>d(e,this.library.targets,t.expected_on??``,t.target_name))):b}listUnder(e,t){return this.fold(e,t,()=>this.shown(e),{count:this.countOf(e),tab:e})}wall(){let[e]=this.jobs;return f`<div class="wall">
<div class="top">
<h2>${this.config?.title||this.t(`title`)}</h2>
<span>${this.app.format.time(new Date)}</span>
</div>
<div>
${e?this.fold(`next`,this.t(i(e)?`queue.section_now`:`card.next`),()=>this.next(e)):b}
${this.config?.schedule===!1?b:this.schedule()}
${this.listUnder(`printers`,this.t(`tab.printers`))}
</div>
<div>
${this.listUnder(`inbox`,this.t(`tab.inbox`))} ${this.listUnder(`queue`,this.t(`tab.queue`))}
</div>
</div>`}show(){let{config:e}=this,t=D.find(t=>t===e?.show)??`queue`;return t===`wall`?this.wall():f`${e?.title||e?.collapsible?this.listUnder(t,e.title||this.t(`tab.${t}`)):this.shown(t)}
${e?.schedule?this.schedule():b}`}camera({still:e,name:t}){return!this.config?.camera||!e?b:(A(()=>import(`./still-D-mYWR3R.js`),[],import.meta.url),f`<bvp-still
.app=${this.app}
.src=${e}
.alt=${this.t(`printers.camera`,{printer:t})}
></bvp-still>`)}oneOf(e){let t=(e.spools??[]).filter(e=>e.is_present),n=e.kind===`real`?`queue`:`inbox`;return f`<ul>
${this.printer(e)}
</ul>
${this.camera(e)}
${t.length?this.fold(`spools`,this.t(`printers.spools`),()=>f`<div class="spools secondary small">
${t.map(e=>f`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${C(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`):b}
${this.config?.schedule&&n===`queue`?this.schedule():b}
${this.listUnder(n,this.t(`tab.${n}`))}`}render(){let{available:e}=this.library;return f`<div class="card ${this.config?.compact?`compact`:``}">
${!this.app||e===null?b:e?this.show():f`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};w([o({attribute:!1})],q.prototype,`config`,void 0);var J=class extends q{get one(){let e=super.printers;return this.config?.printer?e[0]:e.find(e=>e.kind===`real`)??e[0]}get isFiltered(){return!0}get printers(){let{one:e}=this;return e?[e]:[]}show(){let{one:e}=this;return e?f`${this.oneOf(e)}`:f`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,q),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,J);