import{B as e,E as t,G as n,H as r,M as i,N as a,O as o,R as s,d as c,g as l,k as u}from"./shared-BcSZPcl1.js";import{t as d}from"./element-cwS2XI8r.js";var f=class extends d{constructor(...e){super(...e),this.label=``,this.icon=`mdi:dots-vertical`,this.text=!1,this.disabled=!1,this.items=[],this.isOpen=!1,this.inside=``}static{this.styles=[c,n`
:host{display:inline-flex}.menu{position:fixed;inset:auto;min-width:200px;max-width:min(320px,calc(100vw - 16px));max-height:calc(100dvh - 16px);margin:0;padding:8px 0;overflow:auto;border:1px solid var(--divider-color);border-radius:var(--ha-border-radius-lg,12px);background:var(--card-background-color);color:var(--primary-text-color);box-shadow:0 4px 16px rgb(0 0 0 / 25%)}.item{display:flex;align-items:center;gap:12px;width:100%;min-height:44px;padding:4px 16px;border:0;background:none;color:inherit;font:inherit;text-align:start;text-decoration:none;cursor:pointer}.item .icon{color:var(--secondary-text-color)}.item:hover,.item:focus-visible{background:color-mix(in srgb,currentColor 8%,transparent);outline-offset:-2px}.item.danger,.item.danger .icon{color:var(--ha-color-on-danger-normal,var(--error-color))}.item:disabled,.item[aria-disabled="true"]{opacity:0.5;cursor:default}.item > span{flex:1;overflow-wrap:anywhere}.item small{display:block}.item.back{border-bottom:1px solid var(--divider-color);font-weight:var(--ha-font-weight-medium,500)}`]}toggle(e){e.stopPropagation(),this.isOpen?this.menu.hidePopover():this.menu.showPopover()}onToggle(e){this.isOpen=e.newState===`open`,this.inside=``,this.requestUpdate(),this.isOpen&&(this.place(),this.focusables[0]?.focus())}place(){let e=this.renderRoot.querySelector(`button`).getBoundingClientRect(),t=this.menu.getBoundingClientRect(),n=e.bottom+t.height+8<=window.innerHeight?e.bottom+4:Math.max(8,e.top-t.height-4),r=getComputedStyle(this).direction===`rtl`?e.left:e.right-t.width,i=Math.min(Math.max(8,r),window.innerWidth-t.width-8);this.menu.style.top=`${n}px`,this.menu.style.left=`${i}px`}async go(e){let t=this.inside;this.inside=e,this.requestUpdate(),await this.updateComplete,this.place();let n=this.focusables;(n.find(e=>t&&e.dataset.opens===t)??n[+!!e]??n[0])?.focus()}get focusables(){return[...this.menu.querySelectorAll(`.item:not(:disabled)`)]}onKey(e){e.stopPropagation();let t=this.focusables,n=this.shadowRoot.activeElement,r=t.indexOf(n),i=getComputedStyle(this).direction===`rtl`,a=n?.dataset?.opens;this.inside&&[`Escape`,i?`ArrowRight`:`ArrowLeft`].includes(e.key)?(e.preventDefault(),this.go(``)):a&&e.key===(i?`ArrowLeft`:`ArrowRight`)&&(e.preventDefault(),this.go(a));let o={ArrowDown:(r+1)%t.length,ArrowUp:(r-1+t.length)%t.length,Home:0,End:t.length-1}[e.key];o!==void 0&&(e.preventDefault(),t[o]?.focus())}choose(e){if(!e.refused){if(e.items)return void this.go(e.label);this.menu.hidePopover(),e.onClick?.()}}item(t){let n=r`${t.icon?i(t.icon):e}<span
>${t.label}${t.refused?r`<small>${t.refused}</small>`:e}</span
>${t.items?i(`mdi:chevron-right`):t.checked?i(`mdi:check`):e}`;return t.href?r`<a
class="item"
role="menuitem"
href=${t.href}
?download=${t.download??!1}
target=${t.download?e:`_blank`}
rel="noreferrer noopener"
@click=${()=>this.choose(t)}
>${n}</a
>`:r`<button
type="button"
class="item ${t.danger?`danger`:``}"
role=${t.checked===void 0?`menuitem`:`menuitemradio`}
aria-checked=${s(t.checked)}
aria-haspopup=${t.items?`menu`:e}
aria-disabled=${t.refused?`true`:e}
data-opens=${t.items?t.label:e}
?disabled=${t.disabled??!1}
@click=${()=>this.choose(t)}
>
${n}
</button>`}shown(){let e=this.items.filter(e=>!!e),t=e.find(e=>e.label===this.inside);return t?.items?r`<button
type="button"
class="item back"
role="menuitem"
aria-label=${`${this.t(`common.back`)}: ${t.label}`}
@click=${()=>void this.go(``)}
>
${i(`mdi:chevron-left`)}<span>${t.label}</span>
</button>
${t.items.map(e=>this.item(e))}`:e.map(e=>this.item(e))}render(){return r`${this.text?r`<button
type="button"
class="button outlined"
aria-haspopup="menu"
aria-expanded=${this.isOpen}
?disabled=${this.disabled}
@click=${this.toggle}
>
${i(this.icon)}<span>${this.label}</span>
</button>`:a({label:this.label,icon:this.icon,expanded:this.isOpen,disabled:this.disabled,onClick:e=>this.toggle(e)})}
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
</div>`}};l([o()],f.prototype,`label`,void 0),l([o()],f.prototype,`icon`,void 0),l([o({type:Boolean})],f.prototype,`text`,void 0),l([o({type:Boolean})],f.prototype,`disabled`,void 0),l([o({attribute:!1})],f.prototype,`items`,void 0),l([t(`.menu`)],f.prototype,`menu`,void 0),f=l([u(`bvp-menu`)],f);