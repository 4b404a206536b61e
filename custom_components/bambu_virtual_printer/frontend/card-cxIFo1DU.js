import{B as e,C as t,G as n,H as r,L as i,M as a,N as o,O as s,S as c,T as l,b as u,c as d,d as f,f as p,g as m,i as h,j as g,l as _,p as v,r as y,s as b,u as x,v as S,y as C}from"./shared-BcSZPcl1.js";import{t as w}from"./config-B_981_Tm.js";import{t as T}from"./deciding-B_Xcdmjz.js";import{n as E,t as D}from"./job-verbs-DxvEaRA-.js";import{t as O}from"./preload-helper-BQUUbbNx.js";var k=`bvp-cards-folded`;function A(){try{let e=JSON.parse(localStorage.getItem(k)??`[]`);return Array.isArray(e)?e.filter(e=>typeof e==`string`):[]}catch{return[]}}function j(e){return A().includes(e)}function M(e,t){let n=A().filter(t=>t!==e);try{localStorage.setItem(k,JSON.stringify(t?[...n,e]:n))}catch{}}var N=36e5,P=[[4,1],[8,2],[12,3],[24,6],[48,12],[96,24]],F=e=>new Date(e.expected_end).getTime();function I(e){let t=[],n=e.map(e=>({job:e,begin:new Date(e.expected_start).getTime(),end:F(e)}));for(let e of n.sort((e,t)=>e.begin-t.begin)){let n=t.at(-1);n?.job.archive_id===e.job.archive_id&&e.begin-n.end<6e4?n.end=e.end:t.push(e)}return t}function L(e,t,n){let r=t.filter(e=>e.kind===`real`),i=e.filter(e=>e.expected_on&&e.expected_start&&e.expected_end&&F(e)>=n),a=new Set([...r.map(e=>e.id),...i.map(e=>e.expected_on)]),o=Math.max(n,...i.map(F)),[s,c]=P.find(([e])=>n+e*N>=o)??P.at(-1),l=new Date(n);l.setMinutes(0,0,0),l.setHours(Math.ceil((l.getHours()+1)/c)*c);let u=n+s*N,d=[];for(let e=l.getTime();e<u;e+=c*N)d.push(e);return{begin:n,end:u,marks:d,bars:[...a].map(e=>({id:e,printer:r.find(t=>t.id===e),spans:I(i.filter(t=>t.expected_on===e)).filter(e=>e.begin<u)}))}}var R=n`
.schedule{display:grid;gap:8px;padding:4px}.schedule .name{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 8px}.bar{position:relative;height:28px;overflow:hidden;border-radius:var(--ha-border-radius-sm,4px);background:var(--secondary-background-color)}.bar li{position:absolute;inset-block:0;display:flex;align-items:center;overflow:hidden;padding-inline:6px;border-inline-start:2px solid var(--card-background-color);background:color-mix(in srgb,var(--primary-color) 24%,transparent);font-size:var(--ha-font-size-s,12px);white-space:nowrap}.bar li.active{background:color-mix(in srgb,var(--primary-color) 48%,transparent)}.marks{position:relative;height:18px}.marks span{position:absolute;padding-inline-start:3px;border-inline-start:1px solid var(--divider-color);white-space:nowrap}`;function z(t,{begin:n,end:i,marks:a,bars:o},s){let{format:c}=t,l=e=>Math.min(100,Math.max(0,(e-n)/(i-n)*100)),d=a.filter(e=>l(e)<88),f=e=>{let t=new Date(e);return t.getHours()===0&&t.getMinutes()===0&&i-n>24*N?c.weekday(t.getDay()):c.time(t)};return r`<div class="schedule">
${o.map(({printer:n,spans:i})=>{let a=i.at(-1),o=n?.name??s(a.job),d=n!==void 0&&n.availability!==`online`,f=a?t.t(`printers.free_from`,{time:c.moment(new Date(a.end))}):t.t(d?`card.not_reachable`:`queue.lane_free`);return r`<div>
<div class="name"><span>${o}</span><span class="secondary small">${f}</span></div>
<ul class="bar" aria-label=${o}>
${i.map(({job:n,begin:i,end:a})=>{let o=t.t(`card.span`,{name:n.name,from:c.moment(new Date(i)),to:c.moment(new Date(a))}),s=l(a)-l(i);return r`<li
class=${u(n)?`active`:``}
style="inset-inline-start:${l(i)}%;width:${s}%"
title=${o}
>
<span class="visually-hidden">${o}</span>
${s<9?e:r`<span aria-hidden="true">${n.name}</span>`}
</li>`})}
</ul>
</div>`})}
<div class="marks secondary small" aria-hidden="true">
${d.map(e=>r`<span style="inset-inline-start:${l(e)}%">${f(e)}</span>`)}
</div>
</div>`}var B=n`
:host{display:block;height:100%;container-type:inline-size}.card{display:grid;align-content:start;gap:4px;height:100%;padding:12px}h2{flex:1;min-width:0}.head{display:flex;align-items:center;gap:4px}.fold{display:flex;align-items:center;gap:8px;width:100%;min-height:44px;padding:0 4px;border:0;border-radius:var(--ha-border-radius-md,8px);background:none;color:inherit;font:inherit;text-align:start;cursor:pointer}.fold span{min-width:0;overflow-wrap:anywhere}.row{display:grid;grid-template-columns:48px minmax(0,1fr) auto;align-items:center;gap:2px 12px;min-height:56px;padding:4px}.row bvp-picture{width:48px}.text{min-width:0;overflow-wrap:anywhere}.text a{display:inline-block;color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none}.handle{color:var(--secondary-text-color);cursor:grab;touch-action:none}.acts{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:4px}.facts{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px}.spools{display:grid;gap:4px;padding:0 4px 8px}.printer{grid-template-columns:24px minmax(0,1fr) auto}.compact .row{grid-template-columns:minmax(0,1fr) auto;min-height:44px;padding-block:2px}.compact .row > bvp-picture,.compact .row > .icon{display:none}.foot{display:flex;align-items:center;justify-content:space-between;padding:4px}.nothing{padding:16px 8px;color:var(--secondary-text-color)}.wall{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));align-items:start;gap:8px 24px;padding:8px}.wall > div:not(.top){container-type:inline-size}.wall .top{display:flex;grid-column:1 / -1;align-items:baseline;justify-content:space-between;gap:16px}.wall .top > *{font-size:var(--ha-font-size-2xl,24px);font-weight:var(--ha-font-weight-normal,400)}.wall .button{min-height:64px;font-size:var(--ha-font-size-l,16px)}.next{display:grid;grid-template-columns:minmax(96px,180px) minmax(0,1fr);align-items:center;gap:12px 16px;padding:4px}.next .text a{font-size:var(--ha-font-size-xl,20px)}.next .acts{grid-column:1 / -1;justify-content:stretch;gap:8px}.next .acts .button{flex:1 1 140px}@container (max-width:520px){.row .acts:has(.button + .button){grid-column:1 / -1}}`,V=6e4,H={start:`mdi:play`,complete:`mdi:check`,fail:`mdi:close`};function U({jobs:[e]}){return!c(e)&&!e.question}var W=class extends E{static{this.styles=[f,v,x,b,R,B]}connectedCallback(){super.connectedCallback(),this.minutes=setInterval(()=>this.requestUpdate(),V/4)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.minutes)}get limit(){return this.config?.limit??5}get chosen(){return[this.config?.printer??this.config?.printers??[]].flat()}get isFiltered(){return this.chosen.length>0}get printers(){let{chosen:e}=this,t=this.library.printers;return e.length?t.filter(t=>e.includes(t.id)||t.device_id!==null&&e.includes(t.device_id)):t}get jobs(){let{queue:e}=this.library,t=e=>c(e)||e.question!==null,n=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return n;let r=this.printers;return n.filter(e=>r.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}rows(e){let t=e.findIndex(e=>!c(e)&&!e.question),n=t<0?e:e.slice(0,t);return[...n.map(e=>({key:e.id,jobs:[e]})),...C(e.slice(n.length))]}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}link(e,t){return r`<a
class="touch"
href=${e}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.app.visit(e))}}
>${t}</a
>`}act(e,t,n,r,i=!1){return g({label:e,icon:t,look:n,disabled:i||this.library.connection!==`live`,onClick:()=>void r()})}verb(e,t,n){return this.act(this.t(`queue.verb_${t}`),H[t],n,()=>D(this.app,e,t))}joined(e){return e.filter(Boolean).map(e=>e.length<24?e.replaceAll(` `,`\xA0`):e).join(`\xA0· `)}jobWords(n){let i=this.app,{format:a}=i,o=n[0],{seconds:s,grams:c}=l(n),u=[n.length>1?this.t(`fact.plates`,{count:n.length}):``,s?a.duration(s):``,c?a.weight(c):``,n.at(-1).expected_end?this.t(`queue.ends_at`,{time:a.moment(n.at(-1).expected_end)}):``],f=n.length>1?o.name:t(i,o),m=[...new Set(n.flatMap(e=>e.filament_colors))],h=[...new Set(n.flatMap(e=>e.filament_types))];return r`<div class="text">
${this.link(i.url(`queue`,o.id),f)}
<div class="facts secondary small">
<span>${this.joined(u)}</span> ${d(m,h)}
</div>
<div class="secondary small">${i.say(o.waiting??o.status)}</div>
${o.progress===null||o.state!==`printing`?e:_(o.progress,f,a.percent(o.progress))}
${o.question?p(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):e}
</div>`}async move(e,t,n){let r=e.findIndex(e=>U(e)),{moveRow:i}=await O(async()=>{let{moveRow:e}=await import(`./moving-5GlZoczP.js`);return{moveRow:e}},[],import.meta.url),a=e.slice(r);await i(this.app,this.library.queue,a,t-r,Math.max(0,n-r))}handle(t,n){let i=t[n];return!U(i)||t.length<2||!h(`work`,i.jobs)?e:r`<button
type="button"
class="icon-button handle"
aria-label=${this.t(`queue.handle`,{name:i.jobs[0].name})}
?disabled=${this.library.connection!==`live`}
@keydown=${e=>{let r={ArrowUp:-1,ArrowDown:1}[e.key];r&&(e.preventDefault(),this.move(t,n,n+r))}}
>
${a(`mdi:drag-horizontal-variant`)}
</button>`}queue(){let e=this.rows(this.jobs);return i(this.list(e,t=>this.job(t,this.handle(e,e.indexOf(t))),`queue`),{disabled:this.library.connection!==`live`,handle:`.handle`,item:`.row`,onMove:(t,n)=>void this.move(e,t,n)})}job(t,n){let{jobs:i}=t,a=S(i),o=i[0].state===`waiting`;return r`<li class="row">
<bvp-picture .src=${i[0].picture_small}></bvp-picture>
${this.jobWords(i)}
<div class="acts">
${o&&a.has(`complete`)?this.verb(i,`complete`,`primary`):a.has(`start`)?this.verb(i,`start`):e}
${this.byHand(i[0])} ${n}
</div>
</li>`}byHand(t){return t.state!==`waiting`||!c(t)?e:(O(()=>import(`./by-hand-BFUW153n.js`),[],import.meta.url),r`<bvp-by-hand
.app=${this.app}
.job=${t}
.disabled=${this.library.connection!==`live`}
></bvp-by-hand>`)}next(t){let n=[`start`,`complete`,`fail`].filter(e=>t.verbs.includes(e));return r`<div class="next">
<bvp-picture .src=${t.picture??t.picture_small}></bvp-picture>
${this.jobWords([t])}
${n.length?r`<div class="acts">
${n.map((e,n)=>this.verb([t],e,n?void 0:`primary`))}
${this.byHand(t)}
</div>`:e}
</div>`}upload(t){let n=this.app,{format:i}=n,a=[t.sender,t.instance??``,t.printer,t.print_time_s?i.duration(t.print_time_s):``,t.filament_g?i.weight(t.filament_g):``];return r`<li class="row">
<bvp-picture .src=${t.picture_small}></bvp-picture>
<div class="text">
${this.link(n.url(`inbox`,t.id),t.name)}
<div class="secondary small">${this.joined(a)}</div>
${t.wrong_model?p(`mdi:alert-outline`,n.say(t.wrong_model),`warning`):e}
${t.not_queueable?p(`mdi:playlist-remove`,n.say(t.not_queueable),`warning`):e}
</div>
<div class="acts">
${h(`decide`,[t])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,void 0,()=>T(n,[t],`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,void 0,()=>T(n,[t],`queue`),!!t.not_queueable)]:e}
</div>
</li>`}printer(t){let n=this.app,{format:i}=n,{live:o}=t,s=t.kind===`real`?t.availability===`online`:t.status===`running`,c=t.kind===`real`?[s?this.t(`printers.phase_${o?.phase??`unknown`}`):this.t(`card.not_reachable`),o?.phase===`running`&&o.name?o.name:``,o?.phase===`running`&&o.ends_at?this.t(`queue.ends_at`,{time:i.moment(o.ends_at)}):``,t.queued?this.t(`queue.jobs`,{count:t.queued}):``]:[this.t(`printers.status_${t.status??`off`}`),t.address??``],l=o?.phase===`running`&&o.percent!==null;return r`<li class="row printer">
${a(s?`mdi:printer-3d`:t.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(n.url(`printers`,t.id),t.name)}
<div class="secondary small">${this.joined(c)}</div>
${l?_(o.percent,t.name,i.percent(o.percent)):e}
${t.plate_occupied?p(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):e}
</div>
<div class="acts">
${t.plate_occupied&&typeof t.driven_by!=`string`?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>n.attempt(n.api.clearPlate(t.id))):e}
</div>
</li>`}list(t,n,i){let a=t.length-this.limit;return t.length?r`<ul>
${t.slice(0,this.limit).map(n)}
</ul>
${a>0?r`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:a})}</span>
${g({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(i)})}
</div>`:e}`:r`<p class="nothing">${this.t(`${i}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.queue();case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}countOf(e){return{inbox:this.uploads,queue:this.jobs,printers:this.printers}[e].length}fold(t,n,i,{count:s=0,tab:c}={}){let l=[this.config?.show??``,...this.chosen,t].join(`|`),u=!j(l);return r`<section>
<div class="head">
<h2>
<button
type="button"
class="fold"
aria-expanded=${u}
@click=${()=>{M(l,u),this.requestUpdate()}}
>
${a(u?`mdi:chevron-up`:`mdi:chevron-down`)}<span>${n}</span>
${s?r`<span class="secondary">${this.app.format.number(s)}</span>`:e}
</button>
</h2>
${c?o({label:this.t(`card.open_named`,{name:n}),icon:`mdi:chevron-right`,onClick:()=>this.app.go(c)}):e}
</div>
${u?i():e}
</section>`}schedule(){let t=this.app,n=L(this.jobs,this.printers,Date.now());return n.bars.length?this.fold(`schedule`,this.t(`card.schedule`),()=>z(t,n,e=>y(t,this.library.targets,e.expected_on??``,e.target_name))):e}listUnder(e,t){return this.fold(e,t,()=>this.shown(e),{count:this.countOf(e),tab:e})}wall(){let[t]=this.jobs;return r`<div class="wall">
<div class="top">
<h2>${this.config?.title||this.t(`title`)}</h2>
<span>${this.app.format.time(new Date)}</span>
</div>
<div>
${t?this.fold(`next`,this.t(c(t)?`queue.section_now`:`card.next`),()=>this.next(t)):e}
${this.config?.schedule===!1?e:this.schedule()}
${this.listUnder(`printers`,this.t(`tab.printers`))}
</div>
<div>
${this.listUnder(`inbox`,this.t(`tab.inbox`))} ${this.listUnder(`queue`,this.t(`tab.queue`))}
</div>
</div>`}show(){let{config:t}=this,n=w.find(e=>e===t?.show)??`queue`;return n===`wall`?this.wall():r`${t?.title||t?.collapsible?this.listUnder(n,t.title||this.t(`tab.${n}`)):this.shown(n)}
${t?.schedule?this.schedule():e}`}oneOf(t){let n=(t.spools??[]).filter(e=>e.is_present),i=t.kind===`real`?`queue`:`inbox`;return r`<ul>
${this.printer(t)}
</ul>
${n.length?this.fold(`spools`,this.t(`printers.spools`),()=>r`<div class="spools secondary small">
${n.map(e=>r`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${d(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`):e}
${this.config?.schedule&&i===`queue`?this.schedule():e}
${this.listUnder(i,this.t(`tab.${i}`))}`}render(){let{available:t}=this.library;return r`<div class="card ${this.config?.compact?`compact`:``}">
${!this.app||t===null?e:t?this.show():r`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};m([s({attribute:!1})],W.prototype,`config`,void 0);var G=class extends W{get one(){let e=super.printers;return this.config?.printer?e[0]:e.find(e=>e.kind===`real`)??e[0]}get isFiltered(){return!0}get printers(){let{one:e}=this;return e?[e]:[]}show(){let{one:e}=this;return e?r`${this.oneOf(e)}`:r`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,W),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,G);