import{M as e,N as t,at as n,st as r,t as i,ut as a,v as o}from"./shared-CThElaYT.js";import"./parts-BXICXrGM.js";import{n as s}from"./queue-copy-DHqk9LMz.js";var c=class extends i{constructor(...e){super(...e),this.disabled=!1}static{this.styles=a`
:host{display:contents}`}render(){let{app:e,job:t}=this,i=s(e,[t]);return!t.download&&!i.length?n:r`<bvp-menu
.app=${e}
.label=${this.t(`queue.more`,{name:t.name})}
.items=${[t.download!==null&&{label:this.t(`queue.download`),icon:`mdi:download`,href:t.download,download:!0},i.length>0&&{label:this.t(`queue.copy_to`),icon:`mdi:sd`,disabled:this.disabled||!!t.copying,items:i}]}
></bvp-menu>`}};o([e({attribute:!1})],c.prototype,`job`,void 0),o([e({type:Boolean})],c.prototype,`disabled`,void 0),c=o([t(`bvp-by-hand`)],c);export{c as BvpByHand};