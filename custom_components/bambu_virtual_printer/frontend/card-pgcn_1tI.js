import{A as e,B as t,D as n,I as r,M as i,R as a,S as o,U as s,b as c,c as l,d as u,f as d,g as f,i as p,j as m,l as h,p as g,r as _,s as v,u as y,v as b,w as x,y as S}from"./shared-2mn8ZwXE.js";import{t as C}from"./config-B_981_Tm.js";import{t as w}from"./deciding-DYbEXyUJ.js";import{n as T,t as E}from"./job-verbs-BWeC0yHL.js";import{t as D}from"./preload-helper-BQUUbbNx.js";var O=`bvp-cards-folded`;function k(){try{let e=JSON.parse(localStorage.getItem(O)??`[]`);return Array.isArray(e)?e.filter(e=>typeof e==`string`):[]}catch{return[]}}function A(e){return k().includes(e)}function j(e,t){let n=k().filter(t=>t!==e);try{localStorage.setItem(O,JSON.stringify(t?[...n,e]:n))}catch{}}var M=36e5,N=[[4,1],[8,2],[12,3],[24,6],[48,12],[96,24]],P=e=>new Date(e.expected_end).getTime();function F(e){let t=[],n=e.map(e=>({job:e,begin:new Date(e.expected_start).getTime(),end:P(e)}));for(let e of n.sort((e,t)=>e.begin-t.begin)){let n=t.at(-1);n?.job.archive_id===e.job.archive_id&&e.begin-n.end<6e4?n.end=e.end:t.push(e)}return t}function I(e,t,n){let r=t.filter(e=>e.kind===`real`),i=e.filter(e=>e.expected_on&&e.expected_start&&e.expected_end&&P(e)>=n),a=new Set([...r.map(e=>e.id),...i.map(e=>e.expected_on)]),o=Math.max(n,...i.map(P)),[s,c]=N.find(([e])=>n+e*M>=o)??N.at(-1),l=new Date(n);l.setMinutes(0,0,0),l.setHours(Math.ceil((l.getHours()+1)/c)*c);let u=n+s*M,d=[];for(let e=l.getTime();e<u;e+=c*M)d.push(e);return{begin:n,end:u,marks:d,bars:[...a].map(e=>({id:e,printer:r.find(t=>t.id===e),spans:F(i.filter(t=>t.expected_on===e)).filter(e=>e.begin<u)}))}}var L=s`
.schedule{display: grid;gap: 8px;padding: 4px;}.schedule .name{display: flex;flex-wrap: wrap;justify-content: space-between;gap: 0 8px;}.bar{position: relative;height: 28px;overflow: hidden;border-radius: var(--ha-border-radius-sm,4px);background: var(--secondary-background-color);}.bar li{position: absolute;inset-block: 0;display: flex;align-items: center;overflow: hidden;padding-inline: 6px;border-inline-start: 2px solid var(--card-background-color);background: color-mix(in srgb,var(--primary-color) 24%,transparent);font-size: var(--ha-font-size-s,12px);white-space: nowrap;}.bar li.active{background: color-mix(in srgb,var(--primary-color) 48%,transparent);}.marks{position: relative;height: 18px;}.marks span{position: absolute;padding-inline-start: 3px;border-inline-start: 1px solid var(--divider-color);white-space: nowrap;}`;function R(e,{begin:n,end:r,marks:i,bars:o},s){let{format:l}=e,u=e=>Math.min(100,Math.max(0,(e-n)/(r-n)*100)),d=i.filter(e=>u(e)<88),f=e=>{let t=new Date(e);return t.getHours()===0&&t.getMinutes()===0&&r-n>24*M?l.weekday(t.getDay()):l.time(t)};return t`<div class="schedule">
${o.map(({printer:n,spans:r})=>{let i=r.at(-1),o=n?.name??s(i.job),d=n!==void 0&&n.availability!==`online`,f=i?e.t(`printers.free_from`,{time:l.moment(new Date(i.end))}):e.t(d?`card.not_reachable`:`queue.lane_free`);return t`<div>
<div class="name"><span>${o}</span><span class="secondary small">${f}</span></div>
<ul class="bar" aria-label=${o}>
${r.map(({job:n,begin:r,end:i})=>{let o=e.t(`card.span`,{name:n.name,from:l.moment(new Date(r)),to:l.moment(new Date(i))}),s=u(i)-u(r);return t`<li
class=${c(n)?`active`:``}
style="inset-inline-start:${u(r)}%;width:${s}%"
title=${o}
>
<span class="visually-hidden">${o}</span>
${s<9?a:t`<span aria-hidden="true">${n.name}</span>`}
</li>`})}
</ul>
</div>`})}
<div class="marks secondary small" aria-hidden="true">
${d.map(e=>t`<span style="inset-inline-start:${u(e)}%">${f(e)}</span>`)}
</div>
</div>`}var z=s`
:host{display: block;height: 100%;container-type: inline-size;}.card{display: grid;align-content: start;gap: 4px;height: 100%;padding: 12px;}h2{flex: 1;min-width: 0;}.head{display: flex;align-items: center;gap: 4px;}.fold{display: flex;align-items: center;gap: 8px;width: 100%;min-height: 44px;padding: 0 4px;border: 0;border-radius: var(--ha-border-radius-md,8px);background: none;color: inherit;font: inherit;text-align: start;cursor: pointer;}.fold span{min-width: 0;overflow-wrap: anywhere;}.row{display: grid;grid-template-columns: 48px minmax(0,1fr) auto;align-items: center;gap: 2px 12px;min-height: 56px;padding: 4px;}.row bvp-picture{width: 48px;}.text{min-width: 0;overflow-wrap: anywhere;}.text a{display: inline-block;color: inherit;font-weight: var(--ha-font-weight-medium,500);text-decoration: none;}.handle{color: var(--secondary-text-color);cursor: grab;touch-action: none;}.acts{display: flex;flex-wrap: wrap;justify-content: flex-end;gap: 4px;}.facts{display: flex;flex-wrap: wrap;align-items: center;gap: 0 8px;}.spools{display: grid;gap: 4px;padding: 0 4px 8px;}.printer{grid-template-columns: 24px minmax(0,1fr) auto;}.compact .row{grid-template-columns: minmax(0,1fr) auto;min-height: 44px;padding-block: 2px;}.compact .row > bvp-picture,.compact .row > .icon{display: none;}.foot{display: flex;align-items: center;justify-content: space-between;padding: 4px;}.nothing{padding: 16px 8px;color: var(--secondary-text-color);}.wall{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,320px),1fr));align-items: start;gap: 8px 24px;padding: 8px;}.wall > div:not(.top){container-type: inline-size;}.wall .top{display: flex;grid-column: 1 / -1;align-items: baseline;justify-content: space-between;gap: 16px;}.wall .top > *{font-size: var(--ha-font-size-2xl,24px);font-weight: var(--ha-font-weight-normal,400);}.wall .button{min-height: 64px;font-size: var(--ha-font-size-l,16px);}.next{display: grid;grid-template-columns: minmax(96px,180px) minmax(0,1fr);align-items: center;gap: 12px 16px;padding: 4px;}.next .text a{font-size: var(--ha-font-size-xl,20px);}.next .acts{grid-column: 1 / -1;justify-content: stretch;gap: 8px;}.next .acts .button{flex: 1 1 140px;}@container (max-width: 520px){.row .acts:has(.button + .button){grid-column: 1 / -1;}}`,B=6e4,V={start:`mdi:play`,complete:`mdi:check`,fail:`mdi:close`};function H({jobs:[e]}){return!o(e)&&!e.question}var U=class extends T{static{this.styles=[u,g,y,v,L,z]}connectedCallback(){super.connectedCallback(),this.minutes=setInterval(()=>this.requestUpdate(),B/4)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.minutes)}get limit(){return this.config?.limit??5}get chosen(){return[this.config?.printer??this.config?.printers??[]].flat()}get isFiltered(){return this.chosen.length>0}get printers(){let{chosen:e}=this,t=this.library.printers;return e.length?t.filter(t=>e.includes(t.id)||t.device_id!==null&&e.includes(t.device_id)):t}get jobs(){let{queue:e}=this.library,t=e=>o(e)||e.question!==null,n=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return n;let r=this.printers;return n.filter(e=>r.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}rows(e){let t=e.findIndex(e=>!o(e)&&!e.question),n=t<0?e:e.slice(0,t);return[...n.map(e=>({key:e.id,jobs:[e]})),...S(e.slice(n.length))]}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}link(e,n){return t`<a
class="touch"
href=${e}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.app.visit(e))}}
>${n}</a
>`}act(t,n,r,i,a=!1){return e({label:t,icon:n,look:r,disabled:a||this.library.connection!==`live`,onClick:()=>void i()})}verb(e,t,n){return this.act(this.t(`queue.verb_${t}`),V[t],n,()=>E(this.app,e,t))}joined(e){return e.filter(Boolean).map(e=>e.length<24?e.replaceAll(` `,`\xA0`):e).join(`\xA0· `)}jobWords(e){let n=this.app,{format:r}=n,i=e[0],{seconds:o,grams:s}=x(e),c=[e.length>1?this.t(`fact.plates`,{count:e.length}):``,o?r.duration(o):``,s?r.weight(s):``,e.at(-1).expected_end?this.t(`queue.ends_at`,{time:r.moment(e.at(-1).expected_end)}):``],u=i.plate_count>1&&e.length===1?this.t(`queue.plate_title`,{name:i.name,plate:i.plate}):i.name,f=[...new Set(e.flatMap(e=>e.filament_colors))],p=[...new Set(e.flatMap(e=>e.filament_types))];return t`<div class="text">
${this.link(n.url(`queue`,i.id),u)}
<div class="facts secondary small">
<span>${this.joined(c)}</span> ${l(f,p)}
</div>
<div class="secondary small">${n.say(i.waiting??i.status)}</div>
${i.progress===null||i.state!==`printing`?a:h(i.progress,u,r.percent(i.progress))}
${i.question?d(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):a}
</div>`}async move(e,t,n){let r=e.findIndex(e=>H(e)),{moveRow:i}=await D(async()=>{let{moveRow:e}=await import(`./moving-D0Eplf4P.js`);return{moveRow:e}},[],import.meta.url),a=e.slice(r);await i(this.app,this.library.queue,a,t-r,Math.max(0,n-r))}handle(e,n){let r=e[n];return!H(r)||e.length<2||!p(`work`,r.jobs)?a:t`<button
type="button"
class="icon-button handle"
aria-label=${this.t(`queue.handle`,{name:r.jobs[0].name})}
?disabled=${this.library.connection!==`live`}
@keydown=${t=>{let r={ArrowUp:-1,ArrowDown:1}[t.key];r&&(t.preventDefault(),this.move(e,n,n+r))}}
>
${m(`mdi:drag-horizontal-variant`)}
</button>`}queue(){let e=this.rows(this.jobs);return r(this.list(e,t=>this.job(t,this.handle(e,e.indexOf(t))),`queue`),{disabled:this.library.connection!==`live`,handle:`.handle`,item:`.row`,onMove:(t,n)=>void this.move(e,t,n)})}job(e,n){let{jobs:r}=e,i=b(r),o=r[0].state===`waiting`;return t`<li class="row">
<bvp-picture .src=${r[0].picture_small}></bvp-picture>
${this.jobWords(r)}
<div class="acts">
${o&&i.has(`complete`)?this.verb(r,`complete`,`primary`):i.has(`start`)?this.verb(r,`start`):a}
${n}
</div>
</li>`}next(e){let n=[`start`,`complete`,`fail`].filter(t=>e.verbs.includes(t));return t`<div class="next">
<bvp-picture .src=${e.picture??e.picture_small}></bvp-picture>
${this.jobWords([e])}
${n.length?t`<div class="acts">
${n.map((t,n)=>this.verb([e],t,n?void 0:`primary`))}
</div>`:a}
</div>`}upload(e){let n=this.app,{format:r}=n,i=[e.sender,e.instance??``,e.printer,e.print_time_s?r.duration(e.print_time_s):``,e.filament_g?r.weight(e.filament_g):``];return t`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(n.url(`inbox`,e.id),e.name)}
<div class="secondary small">${this.joined(i)}</div>
${e.wrong_model?d(`mdi:alert-outline`,n.say(e.wrong_model),`warning`):a}
${e.not_queueable?d(`mdi:playlist-remove`,n.say(e.not_queueable),`warning`):a}
</div>
<div class="acts">
${p(`decide`,[e])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,void 0,()=>w(n,[e],`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,void 0,()=>w(n,[e],`queue`),!!e.not_queueable)]:a}
</div>
</li>`}printer(e){let n=this.app,{format:r}=n,{live:i}=e,o=e.kind===`real`?e.availability===`online`:e.status===`running`,s=e.kind===`real`?[o?this.t(`printers.phase_${i?.phase??`unknown`}`):this.t(`card.not_reachable`),i?.phase===`running`&&i.name?i.name:``,i?.phase===`running`&&i.ends_at?this.t(`queue.ends_at`,{time:r.moment(i.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],c=i?.phase===`running`&&i.percent!==null;return t`<li class="row printer">
${m(o?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(n.url(`printers`,e.id),e.name)}
<div class="secondary small">${this.joined(s)}</div>
${c?h(i.percent,e.name,r.percent(i.percent)):a}
${e.plate_occupied?d(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):a}
</div>
<div class="acts">
${e.plate_occupied&&typeof e.driven_by!=`string`?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>n.attempt(n.api.clearPlate(e.id))):a}
</div>
</li>`}list(n,r,i){let o=n.length-this.limit;return n.length?t`<ul>
${n.slice(0,this.limit).map(r)}
</ul>
${o>0?t`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:o})}</span>
${e({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(i)})}
</div>`:a}`:t`<p class="nothing">${this.t(`${i}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.queue();case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}countOf(e){return{inbox:this.uploads,queue:this.jobs,printers:this.printers}[e].length}fold(e,n,r,{count:o=0,tab:s}={}){let c=[this.config?.show??``,...this.chosen,e].join(`|`),l=!A(c);return t`<section>
<div class="head">
<h2>
<button
type="button"
class="fold"
aria-expanded=${l}
@click=${()=>{j(c,l),this.requestUpdate()}}
>
${m(l?`mdi:chevron-up`:`mdi:chevron-down`)}<span>${n}</span>
${o?t`<span class="secondary">${this.app.format.number(o)}</span>`:a}
</button>
</h2>
${s?i({label:this.t(`card.open_named`,{name:n}),icon:`mdi:chevron-right`,onClick:()=>this.app.go(s)}):a}
</div>
${l?r():a}
</section>`}schedule(){let e=this.app,t=I(this.jobs,this.printers,Date.now());return t.bars.length?this.fold(`schedule`,this.t(`card.schedule`),()=>R(e,t,t=>_(e,this.library.targets,t.expected_on??``,t.target_name))):a}listUnder(e,t){return this.fold(e,t,()=>this.shown(e),{count:this.countOf(e),tab:e})}wall(){let[e]=this.jobs;return t`<div class="wall">
<div class="top">
<h2>${this.config?.title||this.t(`title`)}</h2>
<span>${this.app.format.time(new Date)}</span>
</div>
<div>
${e?this.fold(`next`,this.t(o(e)?`queue.section_now`:`card.next`),()=>this.next(e)):a}
${this.config?.schedule===!1?a:this.schedule()}
${this.listUnder(`printers`,this.t(`tab.printers`))}
</div>
<div>
${this.listUnder(`inbox`,this.t(`tab.inbox`))} ${this.listUnder(`queue`,this.t(`tab.queue`))}
</div>
</div>`}show(){let{config:e}=this,n=C.find(t=>t===e?.show)??`queue`;return n===`wall`?this.wall():t`${e?.title||e?.collapsible?this.listUnder(n,e.title||this.t(`tab.${n}`)):this.shown(n)}
${e?.schedule?this.schedule():a}`}oneOf(e){let n=(e.spools??[]).filter(e=>e.is_present),r=e.kind===`real`?`queue`:`inbox`;return t`<ul>
${this.printer(e)}
</ul>
${n.length?this.fold(`spools`,this.t(`printers.spools`),()=>t`<div class="spools secondary small">
${n.map(e=>t`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${l(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`):a}
${this.config?.schedule&&r===`queue`?this.schedule():a}
${this.listUnder(r,this.t(`tab.${r}`))}`}render(){let{available:e}=this.library;return t`<div class="card ${this.config?.compact?`compact`:``}">
${!this.app||e===null?a:e?this.show():t`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};f([n({attribute:!1})],U.prototype,`config`,void 0);var W=class extends U{get one(){let e=super.printers;return this.config?.printer?e[0]:e.find(e=>e.kind===`real`)??e[0]}get isFiltered(){return!0}get printers(){let{one:e}=this;return e?[e]:[]}show(){let{one:e}=this;return e?t`${this.oneOf(e)}`:t`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,U),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,W);