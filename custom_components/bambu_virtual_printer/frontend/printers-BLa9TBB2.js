import{_ as e,a as t,c as n,h as r,i,m as a,n as o,o as s,p as c,r as l,s as u,t as d,v as f,x as p,y as m}from"./element-D4hooTGY.js";import{a as h,c as ee,d as g,f as _,i as v,l as y,n as b,o as x,p as S,s as C,t as w,u as T}from"./swatches-Dtyh8Cm7.js";import{t as E}from"./empty-DywCiCHG.js";import{n as D,t as O}from"./progress-cn_JodG6.js";var k=`/config/integrations/integration/bambu_virtual_printer`,A=p`
  :host {
    display: block;
  }
  .card {
    display: flex;
    flex-direction: column;
    gap: 12px;
    height: 100%;
    padding: 12px 16px;
  }
  header {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .name {
    flex: 1;
    min-width: 0;
  }
  .name h3 {
    overflow: hidden;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    align-items: center;
    gap: 0 16px;
    margin: 0;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 4px;
    min-width: 0;
    min-height: 32px;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .model {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }
  dd .icon-button .icon {
    --mdc-icon-size: 18px;
    width: 18px;
    height: 18px;
  }
  dd .icon-button {
    width: 36px;
    height: 32px;
  }
  @media (pointer: coarse) {
    dd .icon-button {
      width: 44px;
      height: 44px;
    }
  }
  code {
    font-family: var(--ha-font-family-code, monospace);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .last {
    display: flex;
    align-items: center;
    gap: 12px;
    color: inherit;
  }
  .last bvp-picture {
    flex: none;
    width: 48px;
  }
  .last strong {
    display: block;
    overflow: hidden;
    font-weight: var(--ha-font-weight-medium, 500);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .last div {
    min-width: 0;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-top: auto;
    padding-top: 4px;
  }
`,j={unknown:{icon:`mdi:help-circle-outline`,tone:`neutral`},idle:{icon:`mdi:sleep`,tone:`neutral`},prepare:{icon:`mdi:progress-wrench`,tone:`active`},slicing:{icon:`mdi:progress-wrench`,tone:`active`},running:{icon:`mdi:printer-3d-nozzle`,tone:`active`},pause:{icon:`mdi:pause-circle`,tone:`warning`},finish:{icon:`mdi:flag-checkered`,tone:`good`},failed:{icon:`mdi:close-circle`,tone:`bad`}},M=[`prepare`,`slicing`,`running`,`pause`],N=class extends d{constructor(...e){super(...e),this.isLive=!1,this.isBusy=!1}static{this.styles=[i,A,h,C,D,b,p`
      a {
        color: inherit;
      }
      .spools {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
        gap: 4px 16px;
      }
      .spools li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
      }
      .spools .text {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .spools .icon {
        --mdc-icon-size: 16px;
        width: 16px;
        height: 16px;
        margin-inline-start: -4px;
      }
      .errors li {
        display: flex;
        gap: 8px;
      }
      .errors .icon {
        color: var(--error-color);
      }
      .print {
        display: grid;
        gap: 4px;
      }
      .print strong {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .plate {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        padding: 4px 4px 4px 12px;
        border: 1px solid var(--warning-color);
        border-radius: var(--ha-border-radius-md, 8px);
      }
      .plate span {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
      .plate .icon {
        color: var(--warning-color);
      }
      .plate .button span {
        display: inline;
      }
    `]}async clear(){this.isBusy=!0,await this.app.attempt(this.app.api.clearPlate(this.printer.id)),this.isBusy=!1}get isPrinting(){let e=this.printer.live?.phase;return!!(this.printer.is_reporting&&e&&M.includes(e))}status(){let{printer:e}=this;if(e.availability&&e.availability!==`online`)return v(e.availability===`connecting`?`mdi:lan-pending`:`mdi:lan-disconnect`,this.t(`printers.availability_${e.availability}`),e.availability===`connecting`?`neutral`:`bad`);if(!e.is_reporting||!e.live)return v(`mdi:lan-pending`,this.t(`printers.availability_no_news`));let t=j[e.live.phase];return v(t.icon,this.t(`printers.phase_${e.live.phase}`),t.tone)}reason(){let{printer:t}=this;return!t.availability||[`online`,`connecting`].includes(t.availability)?e:m`<p class="secondary">
      ${this.app.say({text_key:`waiting_offline_${t.availability}`,values:{printer:t.name}})}
    </p>`}print(){let{live:t}=this.printer;if(!t||!this.isPrinting)return e;let{format:n}=this.app,r=t.ends_at?(new Date(t.ends_at).getTime()-Date.now())/1e3:null,i=[t.percent===null?``:n.percent(t.percent),t.layer!==null&&t.layers?this.t(`printers.layer`,{layer:t.layer,layers:t.layers}):``,r!==null&&r>0?this.t(`printers.left`,{time:n.duration(r)}):``,t.ends_at&&r!==null&&r>0?this.t(`printers.done_at`,{time:n.moment(t.ends_at)}):``].filter(Boolean);return m`<div class="print">
      <strong>${t.name||this.t(`printers.unnamed_print`)}</strong>
      ${O(t.percent,t.name||this.t(`printers.unnamed_print`),i.join(`, `))}
      <span class="secondary">${i.join(` · `)}</span>
    </div>`}uploading(){let t=this.printer.live?.upload_percent;if(t==null)return e;let n=this.t(`printers.sending`);return m`<div class="print">
      <span>${n} ${this.app.format.percent(t)}</span>
      ${O(t,n,this.app.format.percent(t))}
    </div>`}temperature(e,t){if(e===null)return null;let{format:n}=this.app;return t?this.t(`printers.temperature_target`,{now:n.celsius(e),target:n.celsius(t)}):n.celsius(e)}temperatures(){let{live:t,is_reporting:n}=this.printer;return!t||!n?e:m`<div class="facts">
      ${x(`mdi:printer-3d-nozzle-heat`,this.t(`printers.nozzle`),this.temperature(t.nozzle_c,t.nozzle_target_c))}
      ${x(`mdi:radiator`,this.t(`printers.bed`),this.temperature(t.bed_c,t.bed_target_c))}
      ${x(`mdi:thermometer`,this.t(`printers.chamber`),this.temperature(t.chamber_c,null))}
    </div>`}spool(t){let n=t.is_present?t.name||t.type||this.app.say({text_key:`spool_unknown`,values:{}}):this.app.say({text_key:`spool_empty`,values:{}}),r=t.remaining_percent===null?``:this.app.format.percent(t.remaining_percent),i=this.app.say(t.place);return m`<li title=${[i,n,r].filter(Boolean).join(` · `)}>
      ${t.is_present?w(t.color):e}
      <span class="text"
        ><span class="secondary">${i}</span> ${n}
        ${r?m`<span class="secondary">${r}</span>`:e}</span
      >
      ${t.is_active?m`${u(`mdi:chevron-double-left`)}<span class="visually-hidden"
              >${this.t(`printers.spool_active`)}</span
            >`:e}
    </li>`}spools(){let t=this.printer.spools??[];return t.length?m`<ul class="spools" aria-label=${this.t(`printers.spools`)}>
          ${t.map(e=>this.spool(e))}
        </ul>`:e}errors(){let t=this.printer.errors??[];return t.length?m`<ul class="errors" aria-label=${this.t(`printers.errors`)}>
          ${t.map(t=>m`<li>
                ${u(`mdi:alert-circle`)}<span
                  >${this.app.say(t)}
                  <span class="secondary small">${t.code}</span>
                  ${P(t.link)?m`<a href=${t.link} target="_blank" rel="noreferrer noopener"
                        >${this.t(`printers.error_help`)}</a
                      >`:e}</span
                >
              </li>`)}
        </ul>`:e}plate(){return this.printer.plate_occupied?m`<div class="plate">
          <span>${u(`mdi:tray-alert`)}${this.t(`printers.plate_occupied`)}</span>
          ${s({label:this.t(`printers.plate_cleared`),icon:`mdi:check`,look:`primary`,disabled:!this.isLive||this.isBusy,onClick:()=>void this.clear()})}
        </div>`:e}queue(){let{printer:t,app:n}=this,r=t.queued??0,i=t.free_from,a=r?this.t(`printers.queued`,{count:r}):this.t(`printers.queued_none`);return m`<span>
      <a
        href=${n.url(`queue`,null,{printer:t.id})}
        @click=${e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),n.go(`queue`,null,{printer:t.id}))}}
        >${a}</a
      >
      ${i?this.t(`printers.free_from`,{time:n.format.moment(i)}):e}
    </span>`}render(){let{printer:t,app:r}=this;return m`<article class="card" aria-labelledby="name">
      <header>
        <div class="name">
          <h3 id="name">${t.name}</h3>
          <div class="model">
            <span class="secondary">${t.model} · ${t.address}</span>${this.status()}
          </div>
        </div>
        ${r.isAdmin?n({label:this.t(`printers.settings`,{printer:t.name}),icon:`mdi:cog`,onClick:()=>r.visit(k)}):e}
      </header>
      ${this.reason()} ${this.errors()} ${this.plate()} ${this.uploading()} ${this.print()}
      ${this.temperatures()} ${this.spools()}
      <footer>
        ${this.queue()}
        ${t.prints_from_queue?e:v(`mdi:hand-back-right-outline`,this.t(`printers.by_hand`))}
      </footer>
    </article>`}};l([a({attribute:!1})],N.prototype,`printer`,void 0),l([a({type:Boolean})],N.prototype,`isLive`,void 0),l([c()],N.prototype,`isBusy`,void 0),N=l([r(`bvp-real-printer`)],N);function P(e){return typeof e==`string`&&/^https?:\/\//i.test(e)}var F=g(class extends _{constructor(e){if(super(e),e.type!==S.PROPERTY&&e.type!==S.ATTRIBUTE&&e.type!==S.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!T(e))throw Error("`live` bindings can only contain a single expression")}render(e){return e}update(t,[n]){if(n===f||n===e)return n;let r=t.element,i=t.name;if(t.type===S.PROPERTY){if(n===r[i])return f}else if(t.type===S.BOOLEAN_ATTRIBUTE){if(!!n===r.hasAttribute(i))return f}else if(t.type===S.ATTRIBUTE&&r.getAttribute(i)===n+``)return f;return y(t),n}});async function I(e,t){try{return await navigator.clipboard.writeText(e),!0}catch{return L(e,t)}}function L(e,t){let n=document.createElement(`textarea`);n.value=e,n.style.cssText=`position:fixed;opacity:0`,(t.shadowRoot??t).append(n),n.select();try{return document.execCommand(`copy`)}catch{return!1}finally{n.remove()}}var R=p`
  input.toggle[type="checkbox"] {
    position: relative;
    flex: none;
    width: 44px;
    height: 24px;
    min-height: 0;
    border: 2px solid var(--secondary-text-color);
    border-radius: 12px;
    appearance: none;
    background: none;
    cursor: pointer;
    transition: background-color var(--ha-animation-duration-fast, 0.15s);
  }
  input.toggle::after {
    position: absolute;
    inset-block-start: 4px;
    inset-inline-start: 4px;
    width: 12px;
    height: 12px;
    border-radius: 50%;
    background: var(--secondary-text-color);
    content: "";
    transition: inset-inline-start var(--ha-animation-duration-fast, 0.15s);
  }
  input.toggle:checked {
    border-color: var(--primary-color);
    background: var(--primary-color);
  }
  input.toggle:checked::after {
    inset-inline-start: 24px;
    background: var(--text-primary-color, #fff);
  }
  input.toggle:disabled {
    opacity: 0.5;
    cursor: default;
  }
`;function z(e){return m`<input
    type="checkbox"
    role="switch"
    class="toggle"
    aria-checked=${e.checked}
    aria-label=${e.label}
    title=${e.label}
    .checked=${e.checked}
    ?disabled=${e.disabled??!1}
    @change=${t=>e.onChange(t.target.checked)}
  />`}var B={ok:{icon:`mdi:check-circle`,tone:`good`},warning:{icon:`mdi:alert`,tone:`warning`},problem:{icon:`mdi:close-circle`,tone:`bad`}},V=class extends d{constructor(...e){super(...e),this.isRunning=!1}static{this.styles=[i,p`
      li {
        display: flex;
        gap: 12px;
        padding: 8px 0;
        overflow-wrap: anywhere;
      }
      li + li {
        border-top: 1px solid var(--divider-color);
      }
      .good .icon {
        color: var(--success-color);
      }
      .warning .icon {
        color: var(--warning-color);
      }
      .bad .icon {
        color: var(--error-color);
      }
      .wait {
        padding: 24px 0;
        text-align: center;
      }
      .summary {
        margin-bottom: 8px;
      }
    `]}connectedCallback(){super.connectedCallback(),this.run()}async run(){this.isRunning=!0,this.error=void 0;try{this.report=await this.app.api.check(this.printer.id)}catch(e){this.error=e}this.isRunning=!1}summary(e){let t=e.checks.filter(e=>e.outcome!==`ok`).length,n=this.app.format.time(e.checked_at);return m`<p class="summary" role="status">
      ${t?this.t(`printers.check_bad`,{count:t,time:n}):this.t(`printers.check_good`,{count:e.checks.length,time:n})}
    </p>`}content(){if(this.error)return t(`error`,this.app.sayError(this.error));if(!this.report||this.isRunning)return m`<p class="wait secondary" role="status">${this.t(`printers.check_running`)}</p>`;let e=[`problem`,`warning`,`ok`],n=[...this.report.checks].sort((t,n)=>e.indexOf(t.outcome)-e.indexOf(n.outcome));return m`${this.summary(this.report)}
      <ul>
        ${n.map(e=>{let t=B[e.outcome];return m`<li class=${t.tone}>
            ${u(t.icon)}<span
              ><span class="visually-hidden">${this.t(`printers.outcome_${e.outcome}`)}: </span
              >${this.app.say(e)}</span
            >
          </li>`})}
      </ul>`}render(){return m`<bvp-dialog
      .app=${this.app}
      heading=${this.t(`printers.check_heading`,{printer:this.printer.name})}
      @closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
    >
      ${this.content()}
      <div slot="actions">
        ${this.isRunning?e:s({label:this.t(`printers.check_again`),icon:`mdi:refresh`,onClick:()=>void this.run()})}
      </div>
    </bvp-dialog>`}};l([a({attribute:!1})],V.prototype,`printer`,void 0),l([c()],V.prototype,`report`,void 0),l([c()],V.prototype,`error`,void 0),l([c()],V.prototype,`isRunning`,void 0),V=l([r(`bvp-check-dialog`)],V);var H=[`windows`,`macos`,`linux`],U={windows:`Windows`,macos:`macOS`,linux:`Linux`};function W(){let e=navigator.userAgent;return/Mac|iPhone|iPad/.test(e)?`macos`:/Linux|X11/.test(e)&&!/Android/.test(e)?`linux`:`windows`}var G={waiting:{icon:`mdi:timer-sand`,tone:``},not_trusted:{icon:`mdi:alert`,tone:`warning`},wrong_code:{icon:`mdi:alert`,tone:`warning`},connected:{icon:`mdi:check-circle`,tone:`good`}},K=class extends d{constructor(...e){super(...e),this.event={state:`waiting`,client:null},this.system=W()}static{this.styles=[i,p`
      ol {
        display: grid;
        gap: 20px;
        counter-reset: step;
      }
      ol > li {
        display: grid;
        gap: 8px;
        padding-inline-start: 40px;
        position: relative;
        counter-increment: step;
      }
      ol > li::before {
        position: absolute;
        inset-inline-start: 0;
        width: 28px;
        height: 28px;
        border: 1px solid var(--divider-color);
        border-radius: 50%;
        content: counter(step);
        line-height: 26px;
        text-align: center;
      }
      h3 {
        font-size: var(--ha-font-size-m, 14px);
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 28px;
      }
      [role="tablist"] {
        display: flex;
        gap: 4px;
        border-bottom: 1px solid var(--divider-color);
      }
      [role="tab"] {
        min-height: 44px;
        padding: 0 12px;
        border: 0;
        border-bottom: 3px solid transparent;
        background: none;
        color: inherit;
        font: inherit;
        cursor: pointer;
      }
      [role="tab"][aria-selected="true"] {
        border-color: var(--primary-color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .line {
        display: flex;
        align-items: center;
        gap: 4px;
        padding: 4px 4px 4px 12px;
        border-radius: var(--ha-border-radius-md, 8px);
        background: var(--secondary-background-color);
      }
      code {
        flex: 1;
        min-width: 0;
        font-family: var(--ha-font-family-code, monospace);
        overflow-wrap: anywhere;
      }
      .state {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 12px;
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-md, 8px);
      }
      .good .icon {
        color: var(--success-color);
      }
      .warning .icon {
        color: var(--warning-color);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 4px 16px;
        margin: 0;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `]}connectedCallback(){super.connectedCallback(),this.watching=this.app.api.connect(this.printer.id,e=>this.event=e);let e=e=>this.error=e;this.watching.catch(e),this.app.api.trustCommands().then(e=>this.commands=e,e),this.app.api.connection(this.printer.id).then(e=>this.connection=e,e)}disconnectedCallback(){super.disconnectedCallback(),this.watching?.then(e=>e()).catch(()=>void 0)}async copy(e){let t=await I(e,this);this.app.toast(this.t(t?`printers.copied`:`printers.not_copied`))}onTabKey(e){let t={ArrowRight:1,ArrowLeft:-1}[e.key];if(!t)return;e.preventDefault();let n=getComputedStyle(this).direction===`rtl`,r=H.indexOf(this.system)+(n?-t:t);this.system=H[(r+H.length)%H.length],this.updateComplete.then(()=>this.renderRoot.querySelector(`[aria-selected="true"]`)?.focus())}trust(){let t=this.commands?.commands[this.system];return m`<div role="tablist" aria-label=${this.t(`printers.connect_system`)}>
        ${H.map(e=>m`<button
              type="button"
              role="tab"
              id="tab-${e}"
              aria-controls="command"
              aria-selected=${e===this.system}
              tabindex=${e===this.system?0:-1}
              @click=${()=>this.system=e}
              @keydown=${this.onTabKey}
            >
              ${U[e]}
            </button>`)}
      </div>
      <div id="command" role="tabpanel" aria-labelledby="tab-${this.system}">
        <p class="secondary small">${this.t(`printers.connect_where_${this.system}`)}</p>
        ${t?m`<div class="line">
              <code>${t}</code>
              ${n({label:this.t(`printers.connect_copy`),icon:`mdi:content-copy`,onClick:()=>void this.copy(t)})}
            </div>`:e}
      </div>`}facts(){let t=this.connection;return t?m`<dl>
      <dt>${this.t(`printers.name`)}</dt>
      <dd>${t.name}</dd>
      <dt>${this.t(`printers.address`)}</dt>
      <dd>${t.address}</dd>
      <dt>${this.t(`printers.serial`)}</dt>
      <dd>${t.serial}</dd>
    </dl>`:e}live(){let e=G[this.event.state];return m`<div class="state ${e.tone}" role="status">
      ${u(e.icon)}
      <span
        >${this.t(`printers.connect_${this.event.state}`,{client:this.event.client??``,printer:this.printer.name})}</span
      >
    </div>`}render(){return m`<bvp-dialog
      .app=${this.app}
      heading=${this.t(`printers.connect_heading`,{printer:this.printer.name})}
      @closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
    >
      ${this.error?t(`error`,this.app.sayError(this.error)):e}
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
    </bvp-dialog>`}};l([a({attribute:!1})],K.prototype,`printer`,void 0),l([c()],K.prototype,`commands`,void 0),l([c()],K.prototype,`connection`,void 0),l([c()],K.prototype,`event`,void 0),l([c()],K.prototype,`error`,void 0),l([c()],K.prototype,`system`,void 0),K=l([r(`bvp-connect-dialog`)],K);var q=[`immediate`,`review`,`queue`],J=`••••••••`,Y=3e4,X=class extends d{constructor(...e){super(...e),this.isLive=!1,this.code=null,this.dialog=null,this.isBusy=!1}static{this.styles=[i,A,h,R]}willUpdate(e){e.has(`printer`)&&e.get(`printer`)?.id!==this.printer.id&&(this.code=null)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.hideCode),this.code=null}async secret(){return this.code??(await this.app.attempt(this.app.api.secret(this.printer.id)))?.access_code}async reveal(){clearTimeout(this.hideCode),this.code===null?(this.code=await this.secret()??null,this.hideCode=setTimeout(()=>this.code=null,Y)):this.code=null}async copy(e){e!==void 0&&this.app.toast(this.t(await I(e,this)?`printers.copied`:`printers.not_copied`))}async set(e){this.isBusy=!0,await this.app.attempt(this.app.api.setPrinter(this.printer.id,e)),this.isBusy=!1}status(){switch(this.printer.status){case`running`:return v(`mdi:check-circle`,this.t(`printers.status_running`),`good`);case`off`:return v(`mdi:power-off`,this.t(`printers.status_off`));default:return v(`mdi:alert-circle`,this.t(`printers.status_problem`),`bad`)}}problems(){return(this.printer.problems??[]).map(e=>{let n={text_key:Z[e.key]??`check_port_failed`,values:{address:e.address,port:String(e.port),reason:e.reason}};return t(`error`,this.app.say(n))})}failure(){let{printer:n}=this;return n.status===`problem`&&!n.problems?.length?t(`error`,this.t(`printers.failure`)):e}mode(){let{printer:e}=this;return e.kind===`proxy`?m`<dt>${this.t(`printers.target`)}</dt>
        <dd>${this.target?.name??this.t(`printers.target_gone`)}</dd>`:m`<dt><label for="mode">${this.t(`printers.mode`)}</label></dt>
      <dd>
        ${this.app.isAdmin?m`<select
              id="mode"
              .value=${F(e.mode??``)}
              ?disabled=${!this.isLive||this.isBusy}
              @change=${e=>this.set({mode:e.target.value})}
            >
              ${q.map(t=>m`<option value=${t} ?selected=${t===e.mode}>
                    ${this.t(`printers.mode_${t}`)}
                  </option>`)}
            </select>`:this.t(`printers.mode_${e.mode}`)}
      </dd>`}codeRow(){if(!this.app.isAdmin||this.printer.kind!==`virtual`)return e;let t=this.code!==null;return m`<dt>${this.t(`printers.code`)}</dt>
      <dd>
        <code aria-label=${t?e:this.t(`printers.code_hidden`)} role=${t?e:`img`}
          >${this.code??J}</code
        >
        ${n({label:this.t(t?`printers.code_hide`:`printers.code_show`),icon:t?`mdi:eye-off`:`mdi:eye`,disabled:!this.isLive,onClick:()=>void this.reveal()})}
        ${n({label:this.t(`printers.code_copy`),icon:`mdi:content-copy`,disabled:!this.isLive,onClick:async()=>this.copy(await this.secret())})}
      </dd>`}slicers(){let e=this.printer.slicers??[],t=[...new Set(e.map(e=>e.ip))];return m`<dt>${this.t(`printers.slicers`)}</dt>
      <dd>${t.length?this.app.format.list(t):this.t(`printers.slicers_none`)}</dd>`}last(){let t=this.printer.last_upload;return t?m`<div class="last">
      <bvp-picture .src=${t.picture_small}></bvp-picture>
      <div>
        <strong>${t.name}</strong>
        <span class="secondary"
          >${this.t(`printers.last_upload`,{ago:this.app.format.ago(t.received_at),ip:t.source_ip})}</span
        >
      </div>
    </div>`:e}dialogs(){let t=()=>this.dialog=null;return this.dialog===`check`?m`<bvp-check-dialog
        .app=${this.app}
        .printer=${this.printer}
        @closed=${t}
      ></bvp-check-dialog>`:this.dialog===`connect`?m`<bvp-connect-dialog
        .app=${this.app}
        .printer=${this.printer}
        @closed=${t}
      ></bvp-connect-dialog>`:e}render(){let{printer:t,app:r}=this;return m`<article class="card" aria-labelledby="name">
        <header>
          <div class="name">
            <h3 id="name">${t.name}</h3>
            <div class="model"><span class="secondary">${t.model}</span>${this.status()}</div>
          </div>
          ${r.isAdmin?n({label:this.t(`printers.settings`,{printer:t.name}),icon:`mdi:cog`,onClick:()=>r.visit(k)}):e}
          ${r.isAdmin&&t.enabled!==void 0?z({label:this.t(`printers.enabled`,{printer:t.name}),checked:t.enabled,disabled:!this.isLive||this.isBusy,onChange:e=>void this.set({enabled:e})}):e}
        </header>
        ${this.problems()} ${this.failure()}
        <dl>
          ${this.mode()}
          <dt>${this.t(`printers.address`)}</dt>
          <dd>
            <code>${t.address}</code>
            ${n({label:this.t(`printers.address_copy`),icon:`mdi:content-copy`,onClick:()=>void this.copy(t.address)})}
          </dd>
          ${this.codeRow()} ${this.slicers()}
        </dl>
        ${this.last()}
        <footer>
          ${r.isAdmin?s({label:this.t(`printers.connect`),icon:`mdi:lan-connect`,disabled:!this.isLive||t.status!==`running`,onClick:()=>this.dialog=`connect`}):e}
          ${s({label:this.t(`printers.check`),icon:`mdi:clipboard-check-outline`,disabled:!this.isLive,onClick:()=>this.dialog=`check`})}
        </footer>
      </article>
      ${this.dialogs()}`}};l([a({attribute:!1})],X.prototype,`printer`,void 0),l([a({attribute:!1})],X.prototype,`target`,void 0),l([a({type:Boolean})],X.prototype,`isLive`,void 0),l([c()],X.prototype,`code`,void 0),l([c()],X.prototype,`dialog`,void 0),l([c()],X.prototype,`isBusy`,void 0),X=l([r(`bvp-virtual-printer`)],X);var Z={port_in_use:`check_port_in_use`,port_forbidden:`check_port_forbidden`,address_missing:`check_address_missing`},Q=[{kind:`virtual`,heading:`printers.virtual`,add:`printers.add_virtual`},{kind:`proxy`,heading:`printers.proxies`,add:`printers.add_proxy`},{kind:`real`,heading:`printers.real`,add:`printers.add_real`}],$=class extends o{constructor(...e){super(...e),this.shownId=null}static{this.styles=[i,p`
      :host {
        display: block;
        max-width: calc(1200px + 2 * var(--bvp-gutter));
        margin: 0 auto;
        padding: 16px var(--bvp-gutter) 32px;
      }
      section + section {
        margin-top: 24px;
      }
      .heading {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        min-height: 48px;
        margin-bottom: 8px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr));
        gap: 16px;
      }
      li {
        border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
      }
      li > * {
        height: 100%;
      }
    `]}updated(e){super.updated(e);let t=this.route.id;if(t===this.shownId)return;let n=t&&this.renderRoot.querySelector(`#printer-${CSS.escape(t)}`);(!t||n)&&(this.shownId=t,n&&requestAnimationFrame(()=>{n.scrollIntoView({block:`center`}),n.focus({preventScroll:!0})}))}card(e){let{app:t,state:n}=this,r=n.connection===`live`;return m`<li id="printer-${e.id}" tabindex="-1">
      ${e.kind===`real`?m`<bvp-real-printer
            .app=${t}
            .printer=${e}
            .isLive=${r}
          ></bvp-real-printer>`:m`<bvp-virtual-printer
            .app=${t}
            .printer=${e}
            .target=${n.printers.find(t=>t.id===e.target_id)}
            .isLive=${r}
          ></bvp-virtual-printer>`}
    </li>`}section({kind:t,heading:n,add:r}){let i=this.state.printers.filter(e=>e.kind===t);return!i.length&&t===`proxy`||!i.length&&!this.app.isAdmin?e:m`<section aria-labelledby="heading-${t}">
      <div class="heading">
        <h2 id="heading-${t}">${this.t(n)}</h2>
        ${this.app.isAdmin?s({label:this.t(r),icon:`mdi:plus`,look:`plain`,onClick:()=>this.app.visit(k)}):e}
      </div>
      ${i.length?m`<ul>
            ${ee(i,e=>e.id,e=>this.card(e))}
          </ul>`:m`<p class="secondary">${this.t(`printers.none_${t}`)}</p>`}
    </section>`}render(){return this.state.printers.length?Q.map(e=>this.section(e)):m`${E(`mdi:printer-3d`,this.t(`printers.empty`),this.app.isAdmin?s({label:this.t(`printers.add_virtual`),icon:`mdi:plus`,look:`primary`,onClick:()=>this.app.visit(k)}):e)}`}};$=l([r(`bvp-printers`)],$);export{$ as BvpPrinters};