import{A as e,D as t,I as n,M as r,S as i,V as a,W as o,b as s,c,d as l,f as u,g as d,i as f,j as p,l as m,p as h,r as g,s as _,u as v,v as y,w as b,y as x,z as S}from"./shared-D5oqGH8r.js";import{t as C}from"./config-B_981_Tm.js";import{t as w}from"./deciding-B_Xcdmjz.js";import{n as T,t as E}from"./job-verbs-DATnQc5L.js";import{t as D}from"./preload-helper-BQUUbbNx.js";var O=`bvp-cards-folded`;function k(){try{let e=JSON.parse(localStorage.getItem(O)??`[]`);return Array.isArray(e)?e.filter(e=>typeof e==`string`):[]}catch{return[]}}function A(e){return k().includes(e)}function j(e,t){let n=k().filter(t=>t!==e);try{localStorage.setItem(O,JSON.stringify(t?[...n,e]:n))}catch{}}var M=36e5,N=[[4,1],[8,2],[12,3],[24,6],[48,12],[96,24]],P=e=>new Date(e.expected_end).getTime();function F(e){let t=[],n=e.map(e=>({job:e,begin:new Date(e.expected_start).getTime(),end:P(e)}));for(let e of n.sort((e,t)=>e.begin-t.begin)){let n=t.at(-1);n?.job.archive_id===e.job.archive_id&&e.begin-n.end<6e4?n.end=e.end:t.push(e)}return t}function I(e,t,n){let r=t.filter(e=>e.kind===`real`),i=e.filter(e=>e.expected_on&&e.expected_start&&e.expected_end&&P(e)>=n),a=new Set([...r.map(e=>e.id),...i.map(e=>e.expected_on)]),o=Math.max(n,...i.map(P)),[s,c]=N.find(([e])=>n+e*M>=o)??N.at(-1),l=new Date(n);l.setMinutes(0,0,0),l.setHours(Math.ceil((l.getHours()+1)/c)*c);let u=n+s*M,d=[];for(let e=l.getTime();e<u;e+=c*M)d.push(e);return{begin:n,end:u,marks:d,bars:[...a].map(e=>({id:e,printer:r.find(t=>t.id===e),spans:F(i.filter(t=>t.expected_on===e)).filter(e=>e.begin<u)}))}}var L=o`
.schedule{display: grid;gap: 8px;padding: 4px;}.schedule .name{display: flex;flex-wrap: wrap;justify-content: space-between;gap: 0 8px;}.bar{position: relative;height: 28px;overflow: hidden;border-radius: var(--ha-border-radius-sm,4px);background: var(--secondary-background-color);}.bar li{position: absolute;inset-block: 0;display: flex;align-items: center;overflow: hidden;padding-inline: 6px;border-inline-start: 2px solid var(--card-background-color);background: color-mix(in srgb,var(--primary-color) 24%,transparent);font-size: var(--ha-font-size-s,12px);white-space: nowrap;}.bar li.active{background: color-mix(in srgb,var(--primary-color) 48%,transparent);}.marks{position: relative;height: 18px;}.marks span{position: absolute;padding-inline-start: 3px;border-inline-start: 1px solid var(--divider-color);white-space: nowrap;}`;function R(e,{begin:t,end:n,marks:r,bars:i},o){let{format:c}=e,l=e=>Math.min(100,Math.max(0,(e-t)/(n-t)*100)),u=r.filter(e=>l(e)<88),d=e=>{let r=new Date(e);return r.getHours()===0&&r.getMinutes()===0&&n-t>24*M?c.weekday(r.getDay()):c.time(r)};return a`<div class="schedule">
${i.map(({printer:t,spans:n})=>{let r=n.at(-1),i=t?.name??o(r.job),u=t!==void 0&&t.availability!==`online`,d=r?e.t(`printers.free_from`,{time:c.moment(new Date(r.end))}):e.t(u?`card.not_reachable`:`queue.lane_free`);return a`<div>
<div class="name"><span>${i}</span><span class="secondary small">${d}</span></div>
<ul class="bar" aria-label=${i}>
${n.map(({job:t,begin:n,end:r})=>{let i=e.t(`card.span`,{name:t.name,from:c.moment(new Date(n)),to:c.moment(new Date(r))}),o=l(r)-l(n);return a`<li
class=${s(t)?`active`:``}
style="inset-inline-start:${l(n)}%;width:${o}%"
title=${i}
>
<span class="visually-hidden">${i}</span>
${o<9?S:a`<span aria-hidden="true">${t.name}</span>`}
</li>`})}
</ul>
</div>`})}
<div class="marks secondary small" aria-hidden="true">
${u.map(e=>a`<span style="inset-inline-start:${l(e)}%">${d(e)}</span>`)}
</div>
</div>`}var z=o`
:host{display: block;height: 100%;container-type: inline-size;}.card{display: grid;align-content: start;gap: 4px;height: 100%;padding: 12px;}h2{flex: 1;min-width: 0;}.head{display: flex;align-items: center;gap: 4px;}.fold{display: flex;align-items: center;gap: 8px;width: 100%;min-height: 44px;padding: 0 4px;border: 0;border-radius: var(--ha-border-radius-md,8px);background: none;color: inherit;font: inherit;text-align: start;cursor: pointer;}.fold span{min-width: 0;overflow-wrap: anywhere;}.row{display: grid;grid-template-columns: 48px minmax(0,1fr) auto;align-items: center;gap: 2px 12px;min-height: 56px;padding: 4px;}.row bvp-picture{width: 48px;}.text{min-width: 0;overflow-wrap: anywhere;}.text a{display: inline-block;color: inherit;font-weight: var(--ha-font-weight-medium,500);text-decoration: none;}.handle{color: var(--secondary-text-color);cursor: grab;touch-action: none;}.acts{display: flex;flex-wrap: wrap;justify-content: flex-end;gap: 4px;}.facts{display: flex;flex-wrap: wrap;align-items: center;gap: 0 8px;}.spools{display: grid;gap: 4px;padding: 0 4px 8px;}.printer{grid-template-columns: 24px minmax(0,1fr) auto;}.compact .row{grid-template-columns: minmax(0,1fr) auto;min-height: 44px;padding-block: 2px;}.compact .row > bvp-picture,.compact .row > .icon{display: none;}.foot{display: flex;align-items: center;justify-content: space-between;padding: 4px;}.nothing{padding: 16px 8px;color: var(--secondary-text-color);}.wall{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,320px),1fr));align-items: start;gap: 8px 24px;padding: 8px;}.wall > div:not(.top){container-type: inline-size;}.wall .top{display: flex;grid-column: 1 / -1;align-items: baseline;justify-content: space-between;gap: 16px;}.wall .top > *{font-size: var(--ha-font-size-2xl,24px);font-weight: var(--ha-font-weight-normal,400);}.wall .button{min-height: 64px;font-size: var(--ha-font-size-l,16px);}.next{display: grid;grid-template-columns: minmax(96px,180px) minmax(0,1fr);align-items: center;gap: 12px 16px;padding: 4px;}.next .text a{font-size: var(--ha-font-size-xl,20px);}.next .acts{grid-column: 1 / -1;justify-content: stretch;gap: 8px;}.next .acts .button{flex: 1 1 140px;}@container (max-width: 520px){.row .acts:has(.button + .button){grid-column: 1 / -1;}}`,B=6e4,V={start:`mdi:play`,complete:`mdi:check`,fail:`mdi:close`};function H({jobs:[e]}){return!i(e)&&!e.question}var U=class extends T{static{this.styles=[l,h,v,_,L,z]}connectedCallback(){super.connectedCallback(),this.minutes=setInterval(()=>this.requestUpdate(),B/4)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.minutes)}get limit(){return this.config?.limit??5}get chosen(){return[this.config?.printer??this.config?.printers??[]].flat()}get isFiltered(){return this.chosen.length>0}get printers(){let{chosen:e}=this,t=this.library.printers;return e.length?t.filter(t=>e.includes(t.id)||t.device_id!==null&&e.includes(t.device_id)):t}get jobs(){let{queue:e}=this.library,t=e=>i(e)||e.question!==null,n=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return n;let r=this.printers;return n.filter(e=>r.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}rows(e){let t=e.findIndex(e=>!i(e)&&!e.question),n=t<0?e:e.slice(0,t);return[...n.map(e=>({key:e.id,jobs:[e]})),...x(e.slice(n.length))]}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}link(e,t){return a`<a
class="touch"
href=${e}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.app.visit(e))}}
>${t}</a
>`}act(t,n,r,i,a=!1){return e({label:t,icon:n,look:r,disabled:a||this.library.connection!==`live`,onClick:()=>void i()})}verb(e,t,n){return this.act(this.t(`queue.verb_${t}`),V[t],n,()=>E(this.app,e,t))}joined(e){return e.filter(Boolean).map(e=>e.length<24?e.replaceAll(` `,`\xA0`):e).join(`\xA0· `)}jobWords(e){let t=this.app,{format:n}=t,r=e[0],{seconds:i,grams:o}=b(e),s=[e.length>1?this.t(`fact.plates`,{count:e.length}):``,i?n.duration(i):``,o?n.weight(o):``,e.at(-1).expected_end?this.t(`queue.ends_at`,{time:n.moment(e.at(-1).expected_end)}):``],l=r.plate_count>1&&e.length===1?this.t(`queue.plate_title`,{name:r.name,plate:r.plate}):r.name,d=[...new Set(e.flatMap(e=>e.filament_colors))],f=[...new Set(e.flatMap(e=>e.filament_types))];return a`<div class="text">
${this.link(t.url(`queue`,r.id),l)}
<div class="facts secondary small">
<span>${this.joined(s)}</span> ${c(d,f)}
</div>
<div class="secondary small">${t.say(r.waiting??r.status)}</div>
${r.progress===null||r.state!==`printing`?S:m(r.progress,l,n.percent(r.progress))}
${r.question?u(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):S}
</div>`}async move(e,t,n){let r=e.findIndex(e=>H(e)),{moveRow:i}=await D(async()=>{let{moveRow:e}=await import(`./moving-IuvVQ_dZ.js`);return{moveRow:e}},[],import.meta.url),a=e.slice(r);await i(this.app,this.library.queue,a,t-r,Math.max(0,n-r))}handle(e,t){let n=e[t];return!H(n)||e.length<2||!f(`work`,n.jobs)?S:a`<button
type="button"
class="icon-button handle"
aria-label=${this.t(`queue.handle`,{name:n.jobs[0].name})}
?disabled=${this.library.connection!==`live`}
@keydown=${n=>{let r={ArrowUp:-1,ArrowDown:1}[n.key];r&&(n.preventDefault(),this.move(e,t,t+r))}}
>
${p(`mdi:drag-horizontal-variant`)}
</button>`}queue(){let e=this.rows(this.jobs);return n(this.list(e,t=>this.job(t,this.handle(e,e.indexOf(t))),`queue`),{disabled:this.library.connection!==`live`,handle:`.handle`,item:`.row`,onMove:(t,n)=>void this.move(e,t,n)})}job(e,t){let{jobs:n}=e,r=y(n),i=n[0].state===`waiting`;return a`<li class="row">
<bvp-picture .src=${n[0].picture_small}></bvp-picture>
${this.jobWords(n)}
<div class="acts">
${i&&r.has(`complete`)?this.verb(n,`complete`,`primary`):r.has(`start`)?this.verb(n,`start`):S}
${t}
</div>
</li>`}next(e){let t=[`start`,`complete`,`fail`].filter(t=>e.verbs.includes(t));return a`<div class="next">
<bvp-picture .src=${e.picture??e.picture_small}></bvp-picture>
${this.jobWords([e])}
${t.length?a`<div class="acts">
${t.map((t,n)=>this.verb([e],t,n?void 0:`primary`))}
</div>`:S}
</div>`}upload(e){let t=this.app,{format:n}=t,r=[e.sender,e.instance??``,e.printer,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``];return a`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(t.url(`inbox`,e.id),e.name)}
<div class="secondary small">${this.joined(r)}</div>
${e.wrong_model?u(`mdi:alert-outline`,t.say(e.wrong_model),`warning`):S}
${e.not_queueable?u(`mdi:playlist-remove`,t.say(e.not_queueable),`warning`):S}
</div>
<div class="acts">
${f(`decide`,[e])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,void 0,()=>w(t,[e],`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,void 0,()=>w(t,[e],`queue`),!!e.not_queueable)]:S}
</div>
</li>`}printer(e){let t=this.app,{format:n}=t,{live:r}=e,i=e.kind===`real`?e.availability===`online`:e.status===`running`,o=e.kind===`real`?[i?this.t(`printers.phase_${r?.phase??`unknown`}`):this.t(`card.not_reachable`),r?.phase===`running`&&r.name?r.name:``,r?.phase===`running`&&r.ends_at?this.t(`queue.ends_at`,{time:n.moment(r.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],s=r?.phase===`running`&&r.percent!==null;return a`<li class="row printer">
${p(i?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(t.url(`printers`,e.id),e.name)}
<div class="secondary small">${this.joined(o)}</div>
${s?m(r.percent,e.name,n.percent(r.percent)):S}
${e.plate_occupied?u(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):S}
</div>
<div class="acts">
${e.plate_occupied&&typeof e.driven_by!=`string`?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>t.attempt(t.api.clearPlate(e.id))):S}
</div>
</li>`}list(t,n,r){let i=t.length-this.limit;return t.length?a`<ul>
${t.slice(0,this.limit).map(n)}
</ul>
${i>0?a`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:i})}</span>
${e({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(r)})}
</div>`:S}`:a`<p class="nothing">${this.t(`${r}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.queue();case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}countOf(e){return{inbox:this.uploads,queue:this.jobs,printers:this.printers}[e].length}fold(e,t,n,{count:i=0,tab:o}={}){let s=[this.config?.show??``,...this.chosen,e].join(`|`),c=!A(s);return a`<section>
<div class="head">
<h2>
<button
type="button"
class="fold"
aria-expanded=${c}
@click=${()=>{j(s,c),this.requestUpdate()}}
>
${p(c?`mdi:chevron-up`:`mdi:chevron-down`)}<span>${t}</span>
${i?a`<span class="secondary">${this.app.format.number(i)}</span>`:S}
</button>
</h2>
${o?r({label:this.t(`card.open_named`,{name:t}),icon:`mdi:chevron-right`,onClick:()=>this.app.go(o)}):S}
</div>
${c?n():S}
</section>`}schedule(){let e=this.app,t=I(this.jobs,this.printers,Date.now());return t.bars.length?this.fold(`schedule`,this.t(`card.schedule`),()=>R(e,t,t=>g(e,this.library.targets,t.expected_on??``,t.target_name))):S}listUnder(e,t){return this.fold(e,t,()=>this.shown(e),{count:this.countOf(e),tab:e})}wall(){let[e]=this.jobs;return a`<div class="wall">
<div class="top">
<h2>${this.config?.title||this.t(`title`)}</h2>
<span>${this.app.format.time(new Date)}</span>
</div>
<div>
${e?this.fold(`next`,this.t(i(e)?`queue.section_now`:`card.next`),()=>this.next(e)):S}
${this.config?.schedule===!1?S:this.schedule()}
${this.listUnder(`printers`,this.t(`tab.printers`))}
</div>
<div>
${this.listUnder(`inbox`,this.t(`tab.inbox`))} ${this.listUnder(`queue`,this.t(`tab.queue`))}
</div>
</div>`}show(){let{config:e}=this,t=C.find(t=>t===e?.show)??`queue`;return t===`wall`?this.wall():a`${e?.title||e?.collapsible?this.listUnder(t,e.title||this.t(`tab.${t}`)):this.shown(t)}
${e?.schedule?this.schedule():S}`}oneOf(e){let t=(e.spools??[]).filter(e=>e.is_present),n=e.kind===`real`?`queue`:`inbox`;return a`<ul>
${this.printer(e)}
</ul>
${t.length?this.fold(`spools`,this.t(`printers.spools`),()=>a`<div class="spools secondary small">
${t.map(e=>a`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${c(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`):S}
${this.config?.schedule&&n===`queue`?this.schedule():S}
${this.listUnder(n,this.t(`tab.${n}`))}`}render(){let{available:e}=this.library;return a`<div class="card ${this.config?.compact?`compact`:``}">
${!this.app||e===null?S:e?this.show():a`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};d([t({attribute:!1})],U.prototype,`config`,void 0);var W=class extends U{get one(){let e=super.printers;return this.config?.printer?e[0]:e.find(e=>e.kind===`real`)??e[0]}get isFiltered(){return!0}get printers(){let{one:e}=this;return e?[e]:[]}show(){let{one:e}=this;return e?a`${this.oneOf(e)}`:a`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,U),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,W);