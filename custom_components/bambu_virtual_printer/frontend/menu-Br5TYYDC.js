import{B as e,D as t,M as n,O as r,R as i,T as a,U as o,d as s,g as c,j as l}from"./shared-2mn8ZwXE.js";import{t as u}from"./element-DJxxFH7X.js";function d(e){return e.ctrlKey||e.metaKey||e.altKey||e.isComposing?!0:e.composedPath().some(e=>e instanceof HTMLElement?e.isContentEditable||[`INPUT`,`TEXTAREA`,`SELECT`,`DIALOG`].includes(e.tagName)||e.getAttribute(`role`)===`menu`:!1)}var f=class extends u{constructor(...e){super(...e),this.label=``,this.icon=`mdi:dots-vertical`,this.text=!1,this.disabled=!1,this.items=[],this.isOpen=!1}static{this.styles=[s,o`
:host{display: inline-flex;}.menu{position: fixed;inset: auto;min-width: 200px;max-width: min(320px,calc(100vw - 16px));max-height: calc(100dvh - 16px);margin: 0;padding: 8px 0;overflow: auto;border: 1px solid var(--divider-color);border-radius: var(--ha-border-radius-lg,12px);background: var(--card-background-color);color: var(--primary-text-color);box-shadow: 0 4px 16px rgb(0 0 0 / 25%);}.item{display: flex;align-items: center;gap: 12px;width: 100%;min-height: 44px;padding: 4px 16px;border: 0;background: none;color: inherit;font: inherit;text-align: start;text-decoration: none;cursor: pointer;}.item .icon{color: var(--secondary-text-color);}.item:hover,.item:focus-visible{background: color-mix(in srgb,currentColor 8%,transparent);outline-offset: -2px;}.item.danger,.item.danger .icon{color: var(--ha-color-on-danger-normal,var(--error-color));}.item:disabled{opacity: 0.5;cursor: default;}`]}toggle(e){e.stopPropagation(),this.isOpen?this.menu.hidePopover():this.menu.showPopover()}onToggle(e){if(this.isOpen=e.newState===`open`,this.requestUpdate(),!this.isOpen)return;let t=this.renderRoot.querySelector(`button`).getBoundingClientRect(),n=this.menu.getBoundingClientRect(),r=t.bottom+n.height+8<=window.innerHeight?t.bottom+4:Math.max(8,t.top-n.height-4),i=getComputedStyle(this).direction===`rtl`?t.left:t.right-n.width,a=Math.min(Math.max(8,i),window.innerWidth-n.width-8);this.menu.style.top=`${r}px`,this.menu.style.left=`${a}px`,this.focusables[0]?.focus()}get focusables(){return[...this.menu.querySelectorAll(`.item:not(:disabled)`)]}onKey(e){e.stopPropagation();let t=this.focusables,n=t.indexOf(this.shadowRoot.activeElement),r={ArrowDown:(n+1)%t.length,ArrowUp:(n-1+t.length)%t.length,Home:0,End:t.length-1}[e.key];r!==void 0&&(e.preventDefault(),t[r]?.focus())}choose(e){this.menu.hidePopover(),e.onClick?.()}render(){let t=this.items.filter(e=>!!e);return e`${this.text?e`<button
type="button"
class="button outlined"
aria-haspopup="menu"
aria-expanded=${this.isOpen}
?disabled=${this.disabled}
@click=${this.toggle}
>
${l(this.icon)}<span>${this.label}</span>
</button>`:n({label:this.label,icon:this.icon,expanded:this.isOpen,disabled:this.disabled,onClick:e=>this.toggle(e)})}
<div
class="menu"
role="menu"
popover="auto"
tabindex="-1"
aria-label=${this.label}
@toggle=${this.onToggle}
@keydown=${this.onKey}
>
${t.map(t=>t.href?e`<a
class="item"
role="menuitem"
href=${t.href}
?download=${t.download??!1}
@click=${()=>this.choose(t)}
>${t.icon?l(t.icon):i}<span>${t.label}</span></a
>`:e`<button
type="button"
class="item ${t.danger?`danger`:``}"
role="menuitem"
?disabled=${t.disabled??!1}
@click=${()=>this.choose(t)}
>
${t.icon?l(t.icon):i}<span>${t.label}</span>
</button>`)}
</div>`}};c([t()],f.prototype,`label`,void 0),c([t()],f.prototype,`icon`,void 0),c([t({type:Boolean})],f.prototype,`text`,void 0),c([t({type:Boolean})],f.prototype,`disabled`,void 0),c([t({attribute:!1})],f.prototype,`items`,void 0),c([a(`.menu`)],f.prototype,`menu`,void 0),f=c([r(`bvp-menu`)],f);export{d as t};