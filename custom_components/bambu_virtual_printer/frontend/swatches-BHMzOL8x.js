import{_ as e,f as t,l as n,r,u as i}from"./ha-Bk7M2UNj.js";import{t as a}from"./custom-element-DfQM5z2l.js";import{i as o,n as s,r as c,t as l}from"./styles-B4wwyW3R.js";var u=e`
.chip{--mdc-icon-size: 16px;display: inline-flex;align-items: center;gap: 6px;max-width: 100%;padding: 1px 10px 1px 8px;border: 1px solid var(--divider-color);border-radius: 14px;font-size: var(--ha-font-size-s,12px);}.chip .icon{--mdc-icon-size: 16px;width: 16px;height: 16px;color: var(--secondary-text-color);}.chip.good .icon{color: var(--success-color);}.chip.warning .icon{color: var(--warning-color);}.chip.bad .icon{color: var(--error-color);}.chip.active .icon{color: var(--primary-color);}`;function d(e,n,i=`neutral`){return t`<span class="chip ${i}">${r(e)}<span>${n}</span></span>`}function f(e,n,a){return a?t`<span class="fact" title=${n}
>${r(e)}<span class="visually-hidden">${n}: </span><span>${a}</span></span
>`:i}var p=e`
.facts{display: flex;flex-wrap: wrap;gap: 4px 16px;}.fact{--mdc-icon-size: 16px;display: inline-flex;align-items: center;gap: 4px;}.fact .icon{--mdc-icon-size: 16px;width: 16px;height: 16px;color: var(--secondary-text-color);}`,m=class extends n{constructor(...e){super(...e),this.src=null,this.alt=``,this.eager=!1,this.failed=null}static{this.styles=[l,e`
:host{position: relative;display: grid;place-items: center;overflow: hidden;background: var(--secondary-background-color);border-radius: var(--bvp-picture-radius,var(--ha-border-radius-md,8px));color: var(--secondary-text-color);aspect-ratio: 1;}img{position: absolute;inset: 0;width: 100%;height: 100%;object-fit: contain;}.icon{--mdc-icon-size: 40%;}`]}render(){return!this.src||this.failed===this.src?t`<span role="img" aria-label=${this.alt}>${r(`mdi:cube-outline`)}</span>`:t`<img
src=${this.src}
alt=${this.alt}
loading=${this.eager?`eager`:`lazy`}
decoding="async"
draggable="false"
@error=${()=>this.failed=this.src}
/>`}};s([o()],m.prototype,`src`,void 0),s([o()],m.prototype,`alt`,void 0),s([o({type:Boolean})],m.prototype,`eager`,void 0),s([c()],m.prototype,`failed`,void 0),m=s([a(`bvp-picture`)],m);var h=e`
.swatches{display: inline-flex;flex-wrap: wrap;align-items: center;gap: 4px;}.swatch{display: inline-block;flex: none;width: 14px;height: 14px;border: 1px solid var(--secondary-text-color);border-radius: 50%;}`;function g(e){return e&&/^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(e)?e:null}function _(e){let n=g(e);return n?t`<span class="swatch" style="background:${n}" title=${n} aria-hidden="true"></span>`:i}function v(e,n){let r=[...new Set(n.filter(Boolean))];return!e.length&&!r.length?i:t`<span class="swatches"
>${e.slice(0,8).map(e=>_(e))}<span>${r.join(`, `)}</span></span
>`}export{d as a,p as c,v as i,_ as n,u as o,h as r,f as s,g as t};