import{A as e,D as t,H as n,L as r,M as i,S as a,b as o,c as s,d as c,f as l,g as u,i as d,j as f,l as p,p as m,r as h,s as g,u as _,v,w as y,y as b,z as x}from"./shared-BFhIT7mv.js";import{t as S}from"./config-B_981_Tm.js";import{t as C}from"./deciding-DqrOUmyi.js";import{n as w,t as T}from"./job-verbs-CrC0Z4UT.js";var E=`bvp-cards-folded`;function D(){try{let e=JSON.parse(localStorage.getItem(E)??`[]`);return Array.isArray(e)?e.filter(e=>typeof e==`string`):[]}catch{return[]}}function O(e){return D().includes(e)}function k(e,t){let n=D().filter(t=>t!==e);try{localStorage.setItem(E,JSON.stringify(t?[...n,e]:n))}catch{}}var A=36e5,j=[[4,1],[8,2],[12,3],[24,6],[48,12],[96,24]],M=e=>new Date(e.expected_end).getTime();function N(e){let t=[],n=e.map(e=>({job:e,begin:new Date(e.expected_start).getTime(),end:M(e)}));for(let e of n.sort((e,t)=>e.begin-t.begin)){let n=t.at(-1);n?.job.archive_id===e.job.archive_id&&e.begin-n.end<6e4?n.end=e.end:t.push(e)}return t}function P(e,t,n){let r=t.filter(e=>e.kind===`real`),i=e.filter(e=>e.expected_on&&e.expected_start&&e.expected_end&&M(e)>=n),a=new Set([...r.map(e=>e.id),...i.map(e=>e.expected_on)]),o=Math.max(n,...i.map(M)),[s,c]=j.find(([e])=>n+e*A>=o)??j.at(-1),l=new Date(n);l.setMinutes(0,0,0),l.setHours(Math.ceil((l.getHours()+1)/c)*c);let u=n+s*A,d=[];for(let e=l.getTime();e<u;e+=c*A)d.push(e);return{begin:n,end:u,marks:d,bars:[...a].map(e=>({id:e,printer:r.find(t=>t.id===e),spans:N(i.filter(t=>t.expected_on===e)).filter(e=>e.begin<u)}))}}var F=n`
.schedule{display: grid;gap: 8px;padding: 4px;}.schedule .name{display: flex;flex-wrap: wrap;justify-content: space-between;gap: 0 8px;}.bar{position: relative;height: 28px;overflow: hidden;border-radius: var(--ha-border-radius-sm,4px);background: var(--secondary-background-color);}.bar li{position: absolute;inset-block: 0;display: flex;align-items: center;overflow: hidden;padding-inline: 6px;border-inline-start: 2px solid var(--card-background-color);background: color-mix(in srgb,var(--primary-color) 24%,transparent);font-size: var(--ha-font-size-s,12px);white-space: nowrap;}.bar li.active{background: color-mix(in srgb,var(--primary-color) 48%,transparent);}.marks{position: relative;height: 18px;}.marks span{position: absolute;padding-inline-start: 3px;border-inline-start: 1px solid var(--divider-color);white-space: nowrap;}`;function I(e,{begin:t,end:n,marks:i,bars:a},s){let{format:c}=e,l=e=>Math.min(100,Math.max(0,(e-t)/(n-t)*100)),u=i.filter(e=>l(e)<88),d=e=>{let r=new Date(e);return r.getHours()===0&&r.getMinutes()===0&&n-t>24*A?c.weekday(r.getDay()):c.time(r)};return x`<div class="schedule">
${a.map(({printer:t,spans:n})=>{let i=n.at(-1),a=t?.name??s(i.job),u=t!==void 0&&t.availability!==`online`,d=i?e.t(`printers.free_from`,{time:c.moment(new Date(i.end))}):e.t(u?`card.not_reachable`:`queue.lane_free`);return x`<div>
<div class="name"><span>${a}</span><span class="secondary small">${d}</span></div>
<ul class="bar" aria-label=${a}>
${n.map(({job:t,begin:n,end:i})=>{let a=e.t(`card.span`,{name:t.name,from:c.moment(new Date(n)),to:c.moment(new Date(i))}),s=l(i)-l(n);return x`<li
class=${o(t)?`active`:``}
style="inset-inline-start:${l(n)}%;width:${s}%"
title=${a}
>
<span class="visually-hidden">${a}</span>
${s<9?r:x`<span aria-hidden="true">${t.name}</span>`}
</li>`})}
</ul>
</div>`})}
<div class="marks secondary small" aria-hidden="true">
${u.map(e=>x`<span style="inset-inline-start:${l(e)}%">${d(e)}</span>`)}
</div>
</div>`}var L=n`
:host{display: block;height: 100%;container-type: inline-size;}.card{display: grid;align-content: start;gap: 4px;height: 100%;padding: 12px;}h2{flex: 1;min-width: 0;}.head{display: flex;align-items: center;gap: 4px;}.fold{display: flex;align-items: center;gap: 8px;width: 100%;min-height: 44px;padding: 0 4px;border: 0;border-radius: var(--ha-border-radius-md,8px);background: none;color: inherit;font: inherit;text-align: start;cursor: pointer;}.fold span{min-width: 0;overflow-wrap: anywhere;}.row{display: grid;grid-template-columns: 48px minmax(0,1fr) auto;align-items: center;gap: 2px 12px;min-height: 56px;padding: 4px;}.row bvp-picture{width: 48px;}.text{min-width: 0;overflow-wrap: anywhere;}.text a{display: inline-block;color: inherit;font-weight: var(--ha-font-weight-medium,500);text-decoration: none;}.acts{display: flex;flex-wrap: wrap;justify-content: flex-end;gap: 4px;}.facts{display: flex;flex-wrap: wrap;align-items: center;gap: 0 8px;}.spools{display: grid;gap: 4px;padding: 0 4px 8px;}.printer{grid-template-columns: 24px minmax(0,1fr) auto;}.compact .row{grid-template-columns: minmax(0,1fr) auto;min-height: 44px;padding-block: 2px;}.compact .row > bvp-picture,.compact .row > .icon{display: none;}.foot{display: flex;align-items: center;justify-content: space-between;padding: 4px;}.nothing{padding: 16px 8px;color: var(--secondary-text-color);}.wall{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,320px),1fr));align-items: start;gap: 8px 24px;padding: 8px;}.wall > div:not(.top){container-type: inline-size;}.wall .top{display: flex;grid-column: 1 / -1;align-items: baseline;justify-content: space-between;gap: 16px;}.wall .top > *{font-size: var(--ha-font-size-2xl,24px);font-weight: var(--ha-font-weight-normal,400);}.wall .button{min-height: 64px;font-size: var(--ha-font-size-l,16px);}.next{display: grid;grid-template-columns: minmax(96px,180px) minmax(0,1fr);align-items: center;gap: 12px 16px;padding: 4px;}.next .text a{font-size: var(--ha-font-size-xl,20px);}.next .acts{grid-column: 1 / -1;justify-content: stretch;gap: 8px;}.next .acts .button{flex: 1 1 140px;}@container (max-width: 520px){.row .acts:has(.button + .button){grid-column: 1 / -1;}}`,R=6e4,z={start:`mdi:play`,complete:`mdi:check`,fail:`mdi:close`},B=class extends w{static{this.styles=[c,m,_,g,F,L]}connectedCallback(){super.connectedCallback(),this.minutes=setInterval(()=>this.requestUpdate(),R/4)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.minutes)}get limit(){return this.config?.limit??5}get chosen(){return[this.config?.printer??this.config?.printers??[]].flat()}get isFiltered(){return this.chosen.length>0}get printers(){let{chosen:e}=this,t=this.library.printers;return e.length?t.filter(t=>e.includes(t.id)||t.device_id!==null&&e.includes(t.device_id)):t}get jobs(){let{queue:e}=this.library,t=e=>a(e)||e.question!==null,n=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return n;let r=this.printers;return n.filter(e=>r.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}rows(e){let t=e.findIndex(e=>!a(e)&&!e.question),n=t<0?e:e.slice(0,t);return[...n.map(e=>({key:e.id,jobs:[e]})),...b(e.slice(n.length))]}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}link(e,t){return x`<a
class="touch"
href=${e}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.app.visit(e))}}
>${t}</a
>`}act(t,n,r,i){return e({label:t,icon:n,look:r,disabled:this.library.connection!==`live`,onClick:()=>void i()})}verb(e,t,n){return this.act(this.t(`queue.verb_${t}`),z[t],n,()=>T(this.app,e,t))}joined(e){return e.filter(Boolean).map(e=>e.length<24?e.replaceAll(` `,`\xA0`):e).join(`\xA0· `)}jobWords(e){let t=this.app,{format:n}=t,i=e[0],{seconds:a,grams:o}=y(e),c=[e.length>1?this.t(`fact.plates`,{count:e.length}):``,a?n.duration(a):``,o?n.weight(o):``,e.at(-1).expected_end?this.t(`queue.ends_at`,{time:n.moment(e.at(-1).expected_end)}):``],u=i.plate_count>1&&e.length===1?this.t(`queue.plate_title`,{name:i.name,plate:i.plate}):i.name,d=[...new Set(e.flatMap(e=>e.filament_colors))],f=[...new Set(e.flatMap(e=>e.filament_types))];return x`<div class="text">
${this.link(t.url(`queue`,i.id),u)}
<div class="facts secondary small">
<span>${this.joined(c)}</span> ${s(d,f)}
</div>
<div class="secondary small">${t.say(i.waiting??i.status)}</div>
${i.progress===null||i.state!==`printing`?r:p(i.progress,u,n.percent(i.progress))}
${i.question?l(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):r}
</div>`}job(e){let{jobs:t}=e,n=v(t),i=t[0].state===`waiting`;return x`<li class="row">
<bvp-picture .src=${t[0].picture_small}></bvp-picture>
${this.jobWords(t)}
<div class="acts">
${i&&n.has(`complete`)?this.verb(t,`complete`,`primary`):n.has(`start`)?this.verb(t,`start`):r}
</div>
</li>`}next(e){let t=[`start`,`complete`,`fail`].filter(t=>e.verbs.includes(t));return x`<div class="next">
<bvp-picture .src=${e.picture??e.picture_small}></bvp-picture>
${this.jobWords([e])}
${t.length?x`<div class="acts">
${t.map((t,n)=>this.verb([e],t,n?void 0:`primary`))}
</div>`:r}
</div>`}upload(e){let t=this.app,{format:n}=t,i=[e.sender,e.instance??``,e.printer,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``];return x`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(t.url(`inbox`,e.id),e.name)}
<div class="secondary small">${this.joined(i)}</div>
${e.wrong_model?l(`mdi:alert-outline`,t.say(e.wrong_model),`warning`):r}
</div>
<div class="acts">
${d(`decide`,[e])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,void 0,()=>C(t,[e],`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,void 0,()=>C(t,[e],`queue`))]:r}
</div>
</li>`}printer(e){let t=this.app,{format:n}=t,{live:i}=e,a=e.kind===`real`?e.availability===`online`:e.status===`running`,o=e.kind===`real`?[a?this.t(`printers.phase_${i?.phase??`unknown`}`):this.t(`card.not_reachable`),i?.phase===`running`&&i.name?i.name:``,i?.phase===`running`&&i.ends_at?this.t(`queue.ends_at`,{time:n.moment(i.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],s=i?.phase===`running`&&i.percent!==null;return x`<li class="row printer">
${f(a?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(t.url(`printers`,e.id),e.name)}
<div class="secondary small">${this.joined(o)}</div>
${s?p(i.percent,e.name,n.percent(i.percent)):r}
${e.plate_occupied?l(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):r}
</div>
<div class="acts">
${e.plate_occupied?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>t.attempt(t.api.clearPlate(e.id))):r}
</div>
</li>`}list(t,n,i){let a=t.length-this.limit;return t.length?x`<ul>
${t.slice(0,this.limit).map(n)}
</ul>
${a>0?x`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:a})}</span>
${e({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(i)})}
</div>`:r}`:x`<p class="nothing">${this.t(`${i}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.list(this.rows(this.jobs),e=>this.job(e),`queue`);case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}countOf(e){return{inbox:this.uploads,queue:this.jobs,printers:this.printers}[e].length}fold(e,t,n,{count:a=0,tab:o}={}){let s=[this.config?.show??``,...this.chosen,e].join(`|`),c=!O(s);return x`<section>
<div class="head">
<h2>
<button
type="button"
class="fold"
aria-expanded=${c}
@click=${()=>{k(s,c),this.requestUpdate()}}
>
${f(c?`mdi:chevron-up`:`mdi:chevron-down`)}<span>${t}</span>
${a?x`<span class="secondary">${this.app.format.number(a)}</span>`:r}
</button>
</h2>
${o?i({label:this.t(`card.open_named`,{name:t}),icon:`mdi:chevron-right`,onClick:()=>this.app.go(o)}):r}
</div>
${c?n():r}
</section>`}schedule(){let e=this.app,t=P(this.jobs,this.printers,Date.now());return t.bars.length?this.fold(`schedule`,this.t(`card.schedule`),()=>I(e,t,t=>h(e,this.library.targets,t.expected_on??``,t.target_name))):r}listUnder(e,t){return this.fold(e,t,()=>this.shown(e),{count:this.countOf(e),tab:e})}wall(){let[e]=this.jobs;return x`<div class="wall">
<div class="top">
<h2>${this.config?.title||this.t(`title`)}</h2>
<span>${this.app.format.time(new Date)}</span>
</div>
<div>
${e?this.fold(`next`,this.t(a(e)?`queue.section_now`:`card.next`),()=>this.next(e)):r}
${this.config?.schedule===!1?r:this.schedule()}
${this.listUnder(`printers`,this.t(`tab.printers`))}
</div>
<div>
${this.listUnder(`inbox`,this.t(`tab.inbox`))} ${this.listUnder(`queue`,this.t(`tab.queue`))}
</div>
</div>`}show(){let{config:e}=this,t=S.find(t=>t===e?.show)??`queue`;return t===`wall`?this.wall():x`${e?.title||e?.collapsible?this.listUnder(t,e.title||this.t(`tab.${t}`)):this.shown(t)}
${e?.schedule?this.schedule():r}`}oneOf(e){let t=(e.spools??[]).filter(e=>e.is_present),n=e.kind===`real`?`queue`:`inbox`;return x`<ul>
${this.printer(e)}
</ul>
${t.length?this.fold(`spools`,this.t(`printers.spools`),()=>x`<div class="spools secondary small">
${t.map(e=>x`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${s(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`):r}
${this.config?.schedule&&n===`queue`?this.schedule():r}
${this.listUnder(n,this.t(`tab.${n}`))}`}render(){let{available:e}=this.library;return x`<div class="card ${this.config?.compact?`compact`:``}">
${!this.app||e===null?r:e?this.show():x`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};u([t({attribute:!1})],B.prototype,`config`,void 0);var V=class extends B{get one(){let e=super.printers;return this.config?.printer?e[0]:e.find(e=>e.kind===`real`)??e[0]}get isFiltered(){return!0}get printers(){let{one:e}=this;return e?[e]:[]}show(){let{one:e}=this;return e?x`${this.oneOf(e)}`:x`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,B),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,V);