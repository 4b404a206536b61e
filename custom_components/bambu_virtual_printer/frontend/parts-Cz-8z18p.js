import{$ as e,M as t,N as n,O as r,P as i,Q as a,R as o,V as s,Z as c,ct as l,dt as u,g as d,it as f,j as p,o as m,ot as h,p as g,t as _}from"./shared-DPcjTYk3.js";var v=class extends _{constructor(...e){super(...e),this.label=``,this.icon=`mdi:dots-vertical`,this.text=!1,this.disabled=!1,this.items=[],this.isOpen=!1,this.inside=``}static{this.styles=[g,u`
:host{display:inline-flex}.menu{position:fixed;inset:auto;min-width:200px;max-width:min(320px,calc(100vw - 16px));max-height:calc(100dvh - 16px);margin:0;padding:8px 0;overflow:auto;border:1px solid var(--divider-color);border-radius:var(--ha-border-radius-lg,12px);background:var(--card-background-color);color:var(--primary-text-color);box-shadow:0 4px 16px rgb(0 0 0 / 25%)}.item{display:flex;align-items:center;gap:12px;width:100%;min-height:44px;padding:4px 16px;border:0;background:none;color:inherit;font:inherit;text-align:start;text-decoration:none;cursor:pointer}.item .icon{color:var(--secondary-text-color)}.item:hover,.item:focus-visible{background:color-mix(in srgb,currentColor 8%,transparent);outline-offset:-2px}.item.danger,.item.danger .icon{color:var(--ha-color-on-danger-normal,var(--error-color))}.item:disabled,.item[aria-disabled="true"]{opacity:0.5;cursor:default}.item > span{flex:1;overflow-wrap:anywhere}.item small{display:block}.back > .icon:dir(rtl),[aria-haspopup="menu"] > span ~ .icon:dir(rtl){transform:scaleX(-1)}.item.back{border-bottom:1px solid var(--divider-color);font-weight:var(--ha-font-weight-medium,500)}`]}toggle(e){e.stopPropagation(),this.isOpen?this.menu.hidePopover():this.menu.showPopover()}onToggle(e){this.isOpen=e.newState===`open`,this.inside=``,this.requestUpdate(),this.isOpen&&(this.place(),this.focusables[0]?.focus())}place(){let e=this.renderRoot.querySelector(`button`).getBoundingClientRect(),t=this.menu.getBoundingClientRect(),n=e.bottom+t.height+8<=window.innerHeight?e.bottom+4:Math.max(8,e.top-t.height-4),r=getComputedStyle(this).direction===`rtl`?e.left:e.right-t.width,i=Math.min(Math.max(8,r),window.innerWidth-t.width-8);this.menu.style.top=`${n}px`,this.menu.style.left=`${i}px`}async go(e){let t=this.inside;this.inside=e,this.requestUpdate(),await this.updateComplete,this.place();let n=this.focusables;(n.find(e=>t&&e.dataset.opens===t)??n[+!!e]??n[0])?.focus()}get focusables(){return[...this.menu.querySelectorAll(`.item:not(:disabled)`)]}onKey(e){e.stopPropagation();let t=this.focusables,n=this.shadowRoot.activeElement,r=t.indexOf(n),i=getComputedStyle(this).direction===`rtl`,a=n?.dataset?.opens;this.inside&&[`Escape`,i?`ArrowRight`:`ArrowLeft`].includes(e.key)?(e.preventDefault(),this.go(``)):a&&e.key===(i?`ArrowLeft`:`ArrowRight`)&&(e.preventDefault(),this.go(a));let o={ArrowDown:(r+1)%t.length,ArrowUp:(r-1+t.length)%t.length,Home:0,End:t.length-1}[e.key];o!==void 0&&(e.preventDefault(),t[o]?.focus())}choose(e){if(!e.refused){if(e.items)return void this.go(e.label);this.menu.hidePopover(),e.onClick?.(this)}}item(e){let t=l`${e.icon?a(e.icon):h}<span
>${e.label}${e.refused?l`<small>${e.refused}</small>`:h}</span
>${e.items?a(`mdi:chevron-right`):e.checked?a(`mdi:check`):h}`;return e.href?l`<a
class="item"
role="menuitem"
href=${e.href}
?download=${e.download??!1}
target=${e.download?h:`_blank`}
rel="noreferrer noopener"
@click=${()=>this.choose(e)}
>${t}</a
>`:l`<button
type="button"
class="item ${e.danger?`danger`:``}"
role=${e.checked===void 0?`menuitem`:`menuitemradio`}
aria-checked=${f(e.checked)}
aria-haspopup=${e.items?`menu`:h}
aria-disabled=${e.refused?`true`:h}
data-opens=${e.items?e.label:h}
?disabled=${e.disabled??!1}
@click=${()=>this.choose(e)}
>
${t}
</button>`}shown(){let e=this.items.filter(e=>!!e),t=e.find(e=>e.label===this.inside);return t?.items?l`<button
type="button"
class="item back"
role="menuitem"
aria-label=${`${this.t(`common.back`)}: ${t.label}`}
@click=${()=>void this.go(``)}
>
${a(`mdi:chevron-left`)}<span>${t.label}</span>
</button>
${t.items.map(e=>this.item(e))}`:e.map(e=>this.item(e))}render(){return l`${this.text?l`<button
type="button"
class="button outlined"
aria-haspopup="menu"
aria-expanded=${this.isOpen}
?disabled=${this.disabled}
@click=${this.toggle}
>
${a(this.icon)}<span>${this.label}</span>
</button>`:e({label:this.label,icon:this.icon,expanded:this.isOpen,disabled:this.disabled,onClick:e=>this.toggle(e)})}
<div
class="menu"
role="menu"
popover="auto"
tabindex="-1"
aria-label=${this.label}
@toggle=${this.onToggle}
@keydown=${this.onKey}
>
${this.shown()}
</div>`}};r([n()],v.prototype,`label`,void 0),r([n()],v.prototype,`icon`,void 0),r([n({type:Boolean})],v.prototype,`text`,void 0),r([n({type:Boolean})],v.prototype,`disabled`,void 0),r([n({attribute:!1})],v.prototype,`items`,void 0),r([p(`.menu`)],v.prototype,`menu`,void 0),v=r([i(`bvp-menu`)],v);var y=`bvpOpen`,b=[],x=!1,S=!1,C=null;function w(){let e=history.state;return Number(e?.[y]??0)}function T(e){S=!0,history.go(-e)}function E(e){return b.push(e),O(),()=>{let t=b.indexOf(e);t<0||(b.splice(t,1),O())}}function D(e,t){let n=w();S?C=()=>t(e):n?n===1&&!e?t(!0):(C=()=>t(e),T(n)):t(e)}function O(){x||(x=!0,setTimeout(()=>{if(x=!1,!S){for(let e=w();e<b.length;e++)history.pushState({[y]:e+1},``);w()>b.length&&T(w()-b.length)}}))}window.addEventListener(`popstate`,()=>{if(S)S=!1,C?.(),C=null;else for(let e of b.splice(w()))e();O()}),o(D),w()&&O();function k(){let e=document.activeElement;for(;e?.shadowRoot?.activeElement;)e=e.shadowRoot.activeElement;return e===document.body?null:e}async function A(e,...t){await new Promise(e=>setTimeout(e)),k()||t.map(t=>e.renderRoot.querySelector(t)).find(Boolean)?.focus({preventScroll:!0})}var j=class extends _{constructor(...e){super(...e),this.heading=``,this.addressed=!1,this.opener=null}static{this.styles=[g,u`
dialog{display:flex;flex-direction:column;width:min(var(--bvp-dialog-width,560px),calc(100vw - 32px));max-height:calc(100dvh - 64px);padding:0;border:0;border-radius:var(--ha-dialog-border-radius,24px);background:var(--ha-dialog-surface-background,var(--card-background-color));color:var(--primary-text-color);box-shadow:var(--ha-box-shadow-l,0 8px 32px rgb(0 0 0 / 40%))}dialog::backdrop{background:var(--ha-dialog-scrim-color,rgb(0 0 0 / 32%))}header{display:flex;align-items:center;gap:8px;padding:12px 12px 4px;padding-inline-start:24px}h2{flex:1;min-width:0;overflow-wrap:anywhere;font-size:var(--ha-font-size-xl,20px);font-weight:var(--ha-font-weight-normal,400)}.content{flex:1;overflow:auto;padding:8px 24px}footer{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;padding:12px 24px 20px}::slotted([slot="actions"]){display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:8px}@media (max-width:600px){dialog{width:100vw;max-width:100vw;max-height:92dvh;margin:auto 0 0;border-radius:var(--ha-dialog-border-radius,24px) var(--ha-dialog-border-radius,24px) 0 0}.content{padding:8px 16px}footer{padding:12px 16px calc(16px + var(--safe-area-inset-bottom,env(safe-area-inset-bottom,0px)))}}`]}firstUpdated(){this.opener=k(),this.dialog.showModal(),this.addressed||(this.release=E(()=>this.close()))}disconnectedCallback(){super.disconnectedCallback(),this.release?.();let{opener:e}=this;e?.isConnected&&!k()&&e.focus({preventScroll:!0})}close(){this.dispatchEvent(new CustomEvent(`closed`))}onClick(e){if(e.target!==this.dialog)return;let t=this.dialog.getBoundingClientRect();e.clientX>=t.left&&e.clientX<=t.right&&e.clientY>=t.top&&e.clientY<=t.bottom||this.close()}render(){return l`<dialog
aria-labelledby="heading"
@cancel=${e=>{e.preventDefault(),this.close()}}
@click=${this.onClick}
@keydown=${e=>e.stopPropagation()}
>
<header>
<h2 id="heading">${this.heading||h}</h2>
${e({label:this.t(`common.close`),icon:`mdi:close`,onClick:()=>this.close()})}
</header>
<div class="content" tabindex="0"><slot></slot></div>
<footer><slot name="actions"></slot></footer>
</dialog>`}};r([n()],j.prototype,`heading`,void 0),r([n({type:Boolean})],j.prototype,`addressed`,void 0),r([p(`dialog`)],j.prototype,`dialog`,void 0),j=r([i(`bvp-dialog`)],j);var M=u`
.field{display:grid;gap:4px;margin-bottom:16px}.field > label,.field > .label,fieldset > legend{padding:0;color:var(--secondary-text-color);font-size:var(--ha-font-size-s,12px);font-weight:var(--ha-font-weight-medium,500)}fieldset{min-width:0;margin:0 0 16px;padding:0;border:0}fieldset.rule{display:grid;grid-column:1 / -1;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:0 16px;align-items:end;margin-bottom:0}fieldset.rule > legend{margin-bottom:4px}.options{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:0 16px}.choice{display:flex;align-items:center;gap:12px;min-height:44px;cursor:pointer}.choice[aria-disabled="true"]{color:var(--secondary-text-color);cursor:default}.chips{display:flex;flex-wrap:wrap;gap:8px}.choose{min-height:44px;padding:4px 16px;border:1px solid var(--ha-color-border-neutral-normal,var(--divider-color));border-radius:var(--ha-border-radius-pill,9999px);background:none;color:inherit;font:inherit;cursor:pointer}.choose[aria-pressed="true"]{border-color:var(--primary-color);background:color-mix(in srgb,var(--primary-color) 20%,transparent);font-weight:var(--ha-font-weight-medium,500)}.problem{color:var(--ha-color-on-danger-normal,var(--error-color))}[aria-invalid="true"]{border-color:var(--error-color)}.problem[slot]{flex:1 0 100%;justify-content:flex-start}summary{min-height:44px;padding:10px 0;cursor:pointer}`;function N(e){return e.repeat&&!/^(j|k|Arrow.*)$/.test(e.key)||e.ctrlKey||e.metaKey||e.altKey||e.isComposing?!0:e.composedPath().some(e=>e instanceof HTMLElement?e.isContentEditable||[`INPUT`,`TEXTAREA`,`SELECT`,`DIALOG`].includes(e.tagName)||e.getAttribute(`role`)===`menu`:!1)}function P(e,t,n=h){return l`<div class="empty">${a(e)}
<p>${t}</p>
${n}</div>`}var F=999,I=u`
.copies{display:flex;align-items:center;gap:8px}.copies input{width:72px;text-align:center}`;function L(t,n,r,i){let a=(e,t)=>{let n=Math.min(F,Math.max(r,t||1));e&&(e.value=String(n)),i(n)};return l`<div class="field">
<label for="copies">${t.t(`queue.copies`)}</label>
<span class="copies">
${e({label:t.t(`queue.copies_fewer`),icon:`mdi:minus`,disabled:n<=r,onClick:()=>a(null,n-1)})}
<input
id="copies"
type="number"
min=${r}
max=${F}
.value=${String(n)}
@change=${({target:e})=>{let t=e;a(t,Number(t.value))}}
/>
${e({label:t.t(`queue.copies_more`),icon:`mdi:plus`,onClick:()=>a(null,n+1)})}
</span>
</div>`}var R=u`
.skeleton{display:grid;gap:8px;width:100%;max-width:1200px;margin:0 auto;padding:16px var(--bvp-gutter,16px);animation:wait 300ms}@keyframes wait{from,to{opacity:0}}.skeleton > *{opacity:0.5}.skeleton.inbox > *{max-width:400px;height:122px}.skeleton.queue{gap:0;padding-top:116px}.skeleton.queue > *{height:96px}.skeleton.printers{grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));gap:16px}.skeleton.printers > *{height:280px}.skeleton.archive{grid-template-columns:repeat(auto-fill,minmax(min(45%,200px),1fr));gap:16px}.skeleton.archive > *{height:320px}.skeleton.rows{grid-template-columns:minmax(0,1fr);gap:0}.skeleton.rows > *{height:56px}.skeleton.stats{grid-template-columns:repeat(auto-fill,minmax(166px,1fr));gap:12px}.skeleton.stats > *{height:76px}.skeleton.stats > :last-child{grid-column:1 / -1;height:360px}`,z={inbox:3,queue:6,archive:8,printers:3,stats:7};function B(e,t=``){return l`<div class="skeleton ${e} ${t}" aria-hidden="true">
${Array.from({length:z[e]},()=>l`<div class="card"></div>`)}
</div>`}var V=class extends _{constructor(...e){super(...e),this.heading=``,this.question=``,this.label=``,this.confirm=``,this.refuse=``,this.danger=!1,this.suggestions=[],this.text=``}static{this.styles=[g,M]}firstUpdated(){this.label&&!this.suggestions.length&&requestAnimationFrame(()=>this.renderRoot.querySelector(`textarea`)?.focus())}done(e){this.dispatchEvent(new CustomEvent(`done`,{detail:e}))}render(){return l`<bvp-dialog
.app=${this.app}
.heading=${this.heading}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.question?l`<p>${this.question}</p>`:h}
${this.suggestions.length?l`<div class="chips field">
${this.suggestions.map(e=>l`<button type="button" class="choose" @click=${()=>this.done(e)}>
${e}
</button>`)}
</div>`:h}
${this.label?l`<div class="field">
<label for="text">${this.label}</label>
<textarea
id="text"
rows="2"
.value=${this.text}
@input=${e=>this.text=e.target.value}
></textarea>
</div>`:h}
<span slot="actions">
${c({label:this.refuse||this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(this.refuse?`refused`:`closed`))})}
${c({label:this.confirm,look:this.danger?`danger`:`primary`,onClick:()=>this.done(this.text.trim())})}
</span>
</bvp-dialog>`}};r([n()],V.prototype,`heading`,void 0),r([n()],V.prototype,`question`,void 0),r([n()],V.prototype,`label`,void 0),r([n()],V.prototype,`confirm`,void 0),r([n()],V.prototype,`refuse`,void 0),r([n({type:Boolean})],V.prototype,`danger`,void 0),r([n({attribute:!1})],V.prototype,`suggestions`,void 0),r([t()],V.prototype,`text`,void 0),V=r([i(`bvp-text-dialog`)],V);var H=u`
.views{display:inline-flex;border:1px solid var(--ha-color-border-neutral-normal,var(--divider-color));border-radius:var(--ha-border-radius-pill,9999px)}.views .icon-button[aria-pressed="true"]{background:color-mix(in srgb,var(--primary-color) 24%,transparent)}`;function U(e,t,n){let r=t.query.get(`view`)??s(n);return(e.find(e=>e.id===r)??e[0]).id}function W(t,n,r,i){return l`<div class="views" role="group" aria-label=${t.t(`common.view`)}>
${n.map(n=>e({label:t.t(n.label),icon:n.icon,pressed:n.id===r,onClick:()=>i(n.id)}))}
</div>`}function G(e,t){let n=document.createElement(`input`);n.type=`file`,n.multiple=e.multiple??!1,matchMedia(`(pointer: coarse)`).matches&&e.accept.includes(`.`)||(n.accept=e.accept),n.hidden=!0,document.body.append(n),n.addEventListener(`change`,()=>{n.remove(),t([...n.files??[]])}),n.addEventListener(`cancel`,()=>n.remove()),n.click()}async function K(e,t,n,r=`printers.copied`){e.toast(e.t(await J(n,t)?r:`printers.not_copied`))}function q(e,t,n){return K(e,t,location.origin+n,`common.link_copied`)}async function J(e,t){try{return await navigator.clipboard.writeText(e),!0}catch{return Y(e,t)}}function Y(e,t){let n=k(),r=document.createElement(`textarea`);r.value=e,r.style.cssText=`position:fixed;opacity:0`,(t.shadowRoot??t).append(r),r.select();try{return document.execCommand(`copy`)}catch{return!1}finally{r.remove(),n?.focus()}}var X=[`bed`,`spaghetti`,`clogged`,`filament`,`power`],Z=class{constructor(e,t=()=>void 0){this.host=e,this.changed=t,this.asking=null,e.addController(this)}hostDisconnected(){this.asking=null}async good(e){this.hear(await e(`good`,``))}failed(e,t=`prints.failed`){this.ask({give:e,confirm:t})}failedAndAgain(e){this.ask({give:e,confirm:`prints.failed`,then:`decide`})}offer(e){this.ask({job_id:e.id,message:Q(e.verdict_reason??``)})}of(e){let{app:t}=this.host;return(n,r)=>t.attempt(t.api.judge(e.id,n,r))}ask(e){this.asking=e,this.host.requestUpdate()}hear(e){let{app:t}=this.host;e&&!e.accepted?t.toast(t.say(e.message)):e?.reprint===`offered`&&this.ask(e),e&&this.changed()}async reprint({job_id:e,print_id:t},n){this.ask(null);let{app:r}=this.host,i=await r.attempt(r.api.reprint(e,n,t));i&&(r.toast(r.say(i.message)),this.changed())}async decide({give:e,reason:t},n){this.ask(null);let r=await e(`failed`,t,n);r&&this.host.app.toast(this.host.app.say(r.message)),this.hear(r&&{...r,accepted:!0})}render(){let{asking:e}=this,{app:t}=this.host,n=()=>this.ask(null);if(!e)return h;if(`confirm`in e)return l`<bvp-text-dialog
.app=${t}
.heading=${t.t(`printers.failed_heading`)}
.label=${t.t(`printers.failed_why`)}
.suggestions=${X.map(e=>t.t(`queue.reason_${e}`))}
.confirm=${t.t(e.confirm)}
@done=${t=>{let{give:r,then:i}=e,a=t.detail;if(i)return this.ask({give:r,reason:a,message:Q(a)});n(),r(`failed`,a).then(e=>this.hear(e))}}
@closed=${n}
></bvp-text-dialog>`;let r=t=>void(`give`in e?this.decide(e,t):this.reprint(e,t));return l`<bvp-text-dialog
.app=${t}
.heading=${t.t(`printers.again_heading`)}
.question=${t.say(e.message)}
.confirm=${t.t(`printers.again_confirm`)}
.refuse=${t.t(`prints.not_again`)}
@done=${()=>r(!0)}
@refused=${()=>r(!1)}
@closed=${n}
></bvp-text-dialog>`}};function Q(e){return{text_key:`reprint_offered`,values:{verdict:e?{text_key:`verdict_failed_because`,values:{reason:e}}:{text_key:`verdict_failed`,values:{}}}}}function $(e){return([`completed`,`failed`].includes(e.state)||e.copies_printed>0)&&!e.verdict&&m(`work`,[e])}function ee(e){return e.reprint===`offered`&&m(`decide`,[e])}function te(e,t){let n=e.t(`fact.intent_print`);return l`${d(`mdi:account-outline`,e.t(`fact.sender`),t.sender)}
${d(`mdi:home-import-outline`,e.t(`fact.instance`),t.instance??``)}
${t.intent===`print`?l`<span class="fact" title=${n}
>${a(`mdi:play-circle-outline`)}<span class="visually-hidden">${n}</span></span
>`:h}`}function ne(e){return e.sender||e.source_ip}var re=`/config/integrations/integration/bambu_virtual_printer`,ie=`https://github.com/bambu-virtual-printer/bambu-virtual-printer/blob/main/docs/panel.md`;function ae(e){return typeof e==`string`&&/^https?:\/\//i.test(e)}function oe(e,t,n,r){let i=t.instances??[];if(!i.length&&!n)return h;let a=i.some(({id:e})=>e===n)||!n?i:[...i,{id:n,value:`…`}];return l`<select
aria-label=${e.t(`archive.instance`)}
@change=${e=>r(e.target.value)}
>
<option value="" ?selected=${!n}>${e.t(`common.all_instances`)}</option>
${a.map(({id:e,value:t})=>l`<option value=${e} ?selected=${e===n}>${t}</option>`)}
</select>`}function se(e,t){return t?e.filter(e=>e.instance_id===t):e}export{N as C,A as E,P as S,k as T,H as _,ae as a,L as b,X as c,ee as d,K as f,U as g,W as h,re as i,Z as l,G as m,se as n,te as o,q as p,ie as r,ne as s,oe as t,$ as u,B as v,M as w,I as x,R as y};