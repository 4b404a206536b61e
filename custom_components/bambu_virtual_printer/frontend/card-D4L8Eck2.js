import{_ as e,f as t,l as n,n as r,r as i,u as a}from"./ha-Bk7M2UNj.js";import{i as o,n as s,r as c,t as l}from"./decorate-CtkA1XLB.js";import{i as u,n as d,r as f,t as p}from"./card-app-BY3pPV_2.js";import{a as m,i as h,o as g,r as _}from"./swatches-BEZc7t6x.js";import{n as v,t as y}from"./progress-CVGsz5rI.js";import{s as b}from"./queue-model-B1t5xm3Y.js";var x=[`inbox`,`queue`,`printers`,`wall`],S={};function C(e){let t={device:{filter:[{integration:`bambu_virtual_printer`}]}};return{schema:e===`printer`?[{name:`printer`,selector:t}]:[{name:`show`,selector:{select:{mode:`dropdown`,options:x.map(e=>({value:e,label:S[`card.show_${e}`]??e}))}}},{name:`title`,selector:{text:{}}},{name:`limit`,selector:{number:{min:1,max:50,mode:`box`}}},{name:`printers`,selector:{device:{...t.device,multiple:!0}}}],computeLabel:e=>S[`card.${e.name}`]??e.name}}var w=class extends n{constructor(...e){super(...e),this.library=f()}static{this.styles=[s,g,v,_,e`
:host{display: block;height: 100%;container-type: inline-size;}.card{display: grid;align-content: start;gap: 4px;height: 100%;padding: 12px;}h2{padding: 0 4px 4px;}.row{display: grid;grid-template-columns: 48px minmax(0,1fr) auto;align-items: center;gap: 2px 12px;min-height: 56px;padding: 4px;}.row bvp-picture{width: 48px;}.text{min-width: 0;overflow-wrap: anywhere;}.text a{color: inherit;font-weight: var(--ha-font-weight-medium,500);text-decoration: none;}.acts{display: flex;flex-wrap: wrap;justify-content: flex-end;gap: 4px;}.facts{display: flex;flex-wrap: wrap;align-items: center;gap: 0 8px;}.printer{grid-template-columns: 24px minmax(0,1fr) auto;}.foot{display: flex;align-items: center;justify-content: space-between;padding: 4px;}.nothing{padding: 16px 8px;color: var(--secondary-text-color);}.wall{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,320px),1fr));gap: 16px;padding: 16px;}.wall .button{min-height: 64px;font-size: var(--ha-font-size-l,16px);}.wall .row:not(.printer){grid-template-columns: 72px minmax(0,1fr) auto;}.wall .row bvp-picture{width: 72px;}@container (max-width: 420px){.row:not(.printer) .acts{grid-column: 1 / -1;}}`]}disconnectedCallback(){super.disconnectedCallback(),this.unfollow?.(),this.unfollow=void 0}connectedCallback(){super.connectedCallback(),this.requestUpdate()}willUpdate(e){let{hass:t}=this;if(!t)return;this.isConnected&&!this.unfollow&&(this.unfollow=d(t,()=>this.library=f()),this.library=f());let n=e.get(`hass`);e.has(`hass`)&&n?.language!==t.language&&u(t).then(e=>this.texts=e),this.texts&&(!this.app||e.has(`texts`)||n?.locale!==t.locale)&&(S=this.texts.words,this.app=p(()=>this.hass,this.texts,this))}t(e,t){return this.app.t(e,t)}get limit(){return this.config?.limit??5}get printers(){let{config:e}=this,t=[e?.printer??e?.printers??[]].flat(),n=this.library.printers;return t.length?n.filter(e=>t.includes(e.id)||e.device_id!==null&&t.includes(e.device_id)):n}get isFiltered(){return[this.config?.printer??this.config?.printers??[]].flat().length>0}get jobs(){let{queue:e}=this.library,t=e=>b(e)||e.question!==null,n=[...e.filter(t),...e.filter(e=>!t(e))];if(!this.isFiltered)return n;let r=this.printers;return n.filter(e=>r.some(t=>t.id===e.machine_id||t.id===e.target||t.model_code===e.target))}get uploads(){if(!this.isFiltered)return this.library.inbox;let e=this.printers.map(e=>e.id);return this.library.inbox.filter(t=>e.includes(t.printer_id))}async verb(e,t){let n=this.app,r=await n.attempt(n.api.doJobs([e.id],t));r?.failed.length&&n.toast(n.sayError(r.failed[0].error))}async decide(e,t){let n=this.app,r=(await n.attempt(n.api.decide([e.id],t)))?.results.find(e=>e.error);r&&n.toast(n.sayError(r.error))}link(e,n){return t`<a
href=${e}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.app.visit(e))}}
>${n}</a
>`}act(e,t,n,i){return r({label:e,icon:t,look:n,disabled:this.library.connection!==`live`,onClick:()=>void i()})}job(e){let n=this.app,{format:r}=n,i=e.plate_count>1?this.t(`queue.plate_title`,{name:e.name,plate:e.plate}):e.name,o=[e.waiting?n.say(e.waiting):n.say(e.status),e.print_time_s?r.duration(e.print_time_s):``,e.filament_g?r.weight(e.filament_g):``].filter(Boolean),s=t=>e.verbs.includes(t);return t`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(n.url(`queue`,e.id),i)}
<div class="facts secondary small">
<span>${o.join(` · `)}</span> ${h(e.filament_colors,e.filament_types)}
</div>
${e.progress===null||e.state!==`printing`?a:y(e.progress,i,r.percent(e.progress))}
${e.question?m(`mdi:help-circle-outline`,this.t(`queue.question`),`warning`):a}
</div>
<div class="acts">
${e.state===`waiting`&&s(`complete`)?this.act(this.t(`queue.verb_complete`),`mdi:check`,`primary`,()=>this.verb(e,`complete`)):s(`start`)?this.act(this.t(`queue.verb_start`),`mdi:play`,`outlined`,()=>this.verb(e,`start`)):a}
</div>
</li>`}upload(e){let n=this.app,{format:r}=n,i=[e.printer,e.print_time_s?r.duration(e.print_time_s):``,e.filament_g?r.weight(e.filament_g):``].filter(Boolean);return t`<li class="row">
<bvp-picture .src=${e.picture_small}></bvp-picture>
<div class="text">
${this.link(n.url(`inbox`,e.id),e.name)}
<div class="secondary small">${i.join(` · `)}</div>
${e.wrong_model?m(`mdi:alert-outline`,n.say(e.wrong_model),`warning`):a}
</div>
<div class="acts">
${this.act(this.t(`card.archive`),`mdi:archive-arrow-down`,`outlined`,()=>this.decide(e,`archive`))}
${this.act(this.t(`card.queue`),`mdi:playlist-plus`,`outlined`,()=>this.decide(e,`queue`))}
</div>
</li>`}printer(e){let n=this.app,{format:r}=n,{live:o}=e,s=e.kind===`real`?e.availability===`online`:e.status===`running`,c=e.kind===`real`?[s?this.t(`printers.phase_${o?.phase??`unknown`}`):this.t(`card.not_reachable`),o?.phase===`running`&&o.name?o.name:``,o?.phase===`running`&&o.ends_at?this.t(`queue.ends_at`,{time:r.moment(o.ends_at)}):``,e.queued?this.t(`queue.jobs`,{count:e.queued}):``]:[this.t(`printers.status_${e.status??`off`}`),e.address??``],l=o?.phase===`running`&&o.percent!==null;return t`<li class="row printer">
${i(s?`mdi:printer-3d`:e.status===`problem`?`mdi:printer-3d-nozzle-alert`:`mdi:printer-3d-off`)}
<div class="text">
${this.link(n.url(`printers`,e.id),e.name)}
<div class="secondary small">${c.filter(Boolean).join(` · `)}</div>
${l?y(o.percent,e.name,r.percent(o.percent)):a}
${e.plate_occupied?m(`mdi:tray-alert`,this.t(`card.plate_occupied`),`warning`):a}
</div>
<div class="acts">
${e.plate_occupied?this.act(this.t(`card.cleared`),`mdi:check`,`primary`,()=>n.attempt(n.api.clearPlate(e.id))):a}
</div>
</li>`}list(e,n,i){let o=e.length-this.limit;return e.length?t`<ul>
${e.slice(0,this.limit).map(n)}
</ul>
${o>0?t`<div class="foot">
<span class="secondary">${this.t(`card.more`,{count:o})}</span>
${r({label:this.t(`card.open`),look:`plain`,onClick:()=>this.app.go(i)})}
</div>`:a}`:t`<p class="nothing">${this.t(`${i}.empty`)}</p>`}shown(e){switch(e){case`inbox`:return this.list(this.uploads,e=>this.upload(e),`inbox`);case`queue`:return this.list(this.jobs,e=>this.job(e),`queue`);case`printers`:return this.list(this.printers,e=>this.printer(e),`printers`)}}show(){let e=x.includes(this.config?.show??`queue`)?this.config?.show??`queue`:`queue`;return e===`wall`?t`<div class="wall">
${[`queue`,`inbox`,`printers`].map(e=>t`<section>${this.heading(this.t(`tab.${e}`))} ${this.shown(e)}</section>`)}
</div>`:t`${this.heading(this.config?.title)} ${this.shown(e)}`}heading(e){return e?t`<h2>${e}</h2>`:a}oneOf(e){return t`<ul>
${this.printer(e)}
</ul>
${e.spools?.length?t`<div class="text secondary small">
${e.spools.filter(e=>e.is_present).map(e=>t`<div class="facts">
<span>${this.app.say(e.place)}:</span> ${h(e.color?[e.color]:[],[e.name||e.type])}
</div>`)}
</div>`:a}
${e.kind===`real`?this.shown(`queue`):this.shown(`inbox`)}`}render(){return!this.app||this.library.available===null?t`<div class="card"></div>`:t`<div class="card">
${this.library.available?this.show():t`<p class="nothing">${this.t(`error.not_loaded`)}</p>`}
</div>`}};l([o({attribute:!1})],w.prototype,`hass`,void 0),l([o({attribute:!1})],w.prototype,`config`,void 0),l([c()],w.prototype,`library`,void 0),l([c()],w.prototype,`texts`,void 0);var T=class extends w{show(){let e=this.config?.printer?this.printers[0]:this.printers.find(e=>e.kind===`real`)??this.printers[0];return e?t`${this.oneOf(e)}`:t`<p class="nothing">${this.app.t(`printers.empty`)}</p>`}};customElements.get(`bvp-prints-card-body`)||customElements.define(`bvp-prints-card-body`,w),customElements.get(`bvp-printer-card-body`)||customElements.define(`bvp-printer-card-body`,T);export{C as configForm};