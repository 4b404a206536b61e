import{_ as e,f as t,n,r,u as i}from"./ha-Bk7M2UNj.js";import{i as a,n as o,t as s}from"./styles-B4wwyW3R.js";import{t as c}from"./deciding-DqrOUmyi.js";import{t as l}from"./follower-DiwTxgcs.js";import{a as u,i as d,o as f,r as p}from"./swatches-BHMzOL8x.js";import{n as m,t as h}from"./progress-CVGsz5rI.js";import{s as g}from"./queue-model-CyMPcQ4k.js";import{t as _}from"./rights-DAOQmjVU.js";var v=[`inbox`,`queue`,`printers`,`wall`],y={};function b(e){let t={device:{filter:[{integration:`bambu_virtual_printer`}]}};return{schema:e===`printer`?[{name:`printer`,selector:t}]:[{name:`show`,selector:{select:{mode:`dropdown`,options:v.map(e=>({value:e,label:y[`card.show_${e}`]??e}))}}},{name:`title`,selector:{text:{}}},{name:`limit`,selector:{number:{min:1,max:50,mode:`box`}}},{name:`printers`,selector:{device:{...t.device,multiple:!0}}}],computeLabel:e=>y[`card.${e.name}`]??e.name}}var x=class extends l{static{this.styles=[s,f,m,p,e`
:host{display: block;height: 100%;container-type: inline-size;}.card{display: grid;align-content: start;gap: 4px;height: 100%;padding: 12px;}h2{padding: 0 4px 4px;}.row{display: grid;grid-template-columns: 48px minmax(0,1fr) auto;align-items: center;gap: 2px 12px;min-height: 56px;padding: 4px;}.row bvp-picture{width: 48px;}.text{min-width: 0;overflow-wrap: anywhere;}.text a{color: inherit;font-weight: var(--ha-font-weight-medium,500);text-decoration: none;}.acts{display: flex;flex-wrap: wrap;justify-content: flex-end;gap: 4px;}.facts{display: flex;flex-wrap: wrap;align-items: center;gap: 0 8px;}.printer{grid-template-columns: 24px minmax(0,1fr) auto;}.foot{display: flex;align-items: center;justify-content: space-between;padding: 4px;}.nothing{padding: 16px 8px;color: var(--secondary-text-color);}.wall{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,320px),1fr));gap: 16px;padding: 16px;}.wall .button{min-height: 64px;font-size: var(--ha-font-size-l,16px);}.wall .row:not(.printer){grid-template-columns: 72px minmax(0,1fr) auto;}.wall .row bvp-picture{width: 72px;}@container (max-width: 420px){.row:not(.printer) .acts{grid-column: 1 / -1;}}`]}willUpdate(e){super.willUpdate(e),this.texts&&(y=this.texts.words)}get limit(){return this.config?.limit??5}get printers(){let{config:e}=this,t=[e?.printer??e?.printers??[]].flat(),n=this.library.printers;return t.length?n.filter(e=>t.includes(e.id)||e.device_id!==null&&t.includes(e.device_id)):n}get isFiltered(){return[this.config?.printer??this.config?.printers??[]].flat().length>0}get jobs(){let{queue:e}=this.library,t=e=>g(e)||e.question!==null,n=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return n;let r=this.printers;return n.filter(e=>r.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}async verb(e,t){let n=this.app,r=await n.attempt(n.api.doJobs([e.id],t));r?.failed.length&&n.toast(n.sayError(r.failed[0].error))}decide(e,t){return c(this.app,[e],t)}link(e,n){return t`<a
href=${e}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.app.visit(e))}}
>${n}</a
>`}act(e,t,r,i){return n({label:e,icon:t,look:r,disabled:this.library.connection!==`live`,onClick:()=>void i()})}job(e){let n=this.app,{format:r}=n,a=e.plate_count>1?this.t(`queue.plate_title`,{name:e.name,plate:e.plate}):e.name,o=[e.waiting?n.say(e.waiting):n.say(e.status),e.print_time_s?r.duration(e.print_time_s):``,e.filament_g?r.weight(e.filament_g):``].filter(Boolean),s=t=>e.verbs.includes(t);return t`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(n.url(`queue`,e.id),a)}
<div class="facts secondary small">
<span>${o.join(` · `)}</span> ${d(e.filament_colors,e.filament_types)}
</div>
${e.progress===null||e.state!==`printing`?i:h(e.progress,a,r.percent(e.progress))}
${e.question?u(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):i}
</div>
<div class="acts">
${e.state===`waiting`&&s(`complete`)?this.act(this.t(`queue.verb_complete`),`mdi:check`,`primary`,()=>this.verb(e,`complete`)):s(`start`)?this.act(this.t(`queue.verb_start`),`mdi:play`,`outlined`,()=>this.verb(e,`start`)):i}
</div>
</li>`}upload(e){let n=this.app,{format:r}=n,a=[e.sender,e.printer,e.print_time_s?r.duration(e.print_time_s):``,e.filament_g?r.weight(e.filament_g):``].filter(Boolean);return t`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(n.url(`inbox`,e.id),e.name)}
<div class="secondary small">${a.join(` · `)}</div>
${e.wrong_model?u(`mdi:alert-outline`,n.say(e.wrong_model),`warning`):i}
</div>
<div class="acts">
${_(`decide`,[e])?[this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,`outlined`,()=>this.decide(e,`archive`)),this.act(this.t(`card.queue`),`mdi:playlist-plus`,`outlined`,()=>this.decide(e,`queue`))]:i}
</div>
</li>`}printer(e){let n=this.app,{format:a}=n,{live:o}=e,s=e.kind===`real`?e.availability===`online`:e.status===`running`,c=e.kind===`real`?[s?this.t(`printers.phase_${o?.phase??`unknown`}`):this.t(`card.not_reachable`),o?.phase===`running`&&o.name?o.name:``,o?.phase===`running`&&o.ends_at?this.t(`queue.ends_at`,{time:a.moment(o.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],l=o?.phase===`running`&&o.percent!==null;return t`<li class="row printer">
${r(s?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(n.url(`printers`,e.id),e.name)}
<div class="secondary small">${c.filter(Boolean).join(` · `)}</div>
${l?h(o.percent,e.name,a.percent(o.percent)):i}
${e.plate_occupied?u(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):i}
</div>
<div class="acts">
${e.plate_occupied?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>n.attempt(n.api.clearPlate(e.id))):i}
</div>
</li>`}list(e,r,a){let o=e.length-this.limit;return e.length?t`<ul>
${e.slice(0,this.limit).map(r)}
</ul>
${o>0?t`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:o})}</span>
${n({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(a)})}
</div>`:i}`:t`<p class="nothing">${this.t(`${a}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.list(this.jobs,e=>this.job(e),`queue`);case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}show(){let e=v.includes(this.config?.show??`queue`)?this.config?.show??`queue`:`queue`;return e===`wall`?t`<div class="wall">
${[`queue`,`inbox`,`printers`].map(e=>t`<section>${this.heading(this.t(`tab.${e}`))} ${this.shown(e)}</section>`)}
</div>`:t`${this.heading(this.config?.title)} ${this.shown(e)}`}heading(e){return e?t`<h2>${e}</h2>`:i}oneOf(e){return t`<ul>
${this.printer(e)}
</ul>
${e.spools?.length?t`<div class="text secondary small">
${e.spools.filter(e=>e.is_present).map(e=>t`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${d(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`:i}
${e.kind===`real`?this.shown(`queue`):this.shown(`inbox`)}`}render(){return!this.app||this.library.available===null?t`<div class="card"></div>`:t`<div class="card">
${this.library.available?this.show():t`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};o([a({attribute:!1})],x.prototype,`config`,void 0);var S=class extends x{show(){let e=this.config?.printer?this.printers[0]:this.printers.find(e=>e.kind===`real`)??this.printers[0];return e?t`${this.oneOf(e)}`:t`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,x),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,S);export{b as configForm};