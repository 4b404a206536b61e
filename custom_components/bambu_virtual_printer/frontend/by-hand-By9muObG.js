import{N as e,P as t,ct as n,dt as r,ot as i,t as a,v as o}from"./shared-BtzMd3S0.js";import"./parts-LSmttsBT.js";import{n as s}from"./queue-copy-pFhRBDvv.js";var c=class extends a{constructor(...e){super(...e),this.disabled=!1}static{this.styles=r`
:host{display:contents}`}render(){let{app:e,job:t}=this,r=s(e,[t]);return!t.download&&!r.length?i:n`<bvp-menu
.app=${e}
.label=${this.t(`queue.more`,{name:t.name})}
.items=${[t.download!==null&&{label:this.t(`queue.download`),icon:`mdi:download`,href:t.download,download:!0},r.length>0&&{label:this.t(`queue.copy_to`),icon:`mdi:sd`,disabled:this.disabled||!!t.copying,items:r}]}
></bvp-menu>`}};o([e({attribute:!1})],c.prototype,`job`,void 0),o([e({type:Boolean})],c.prototype,`disabled`,void 0),c=o([t(`bvp-by-hand`)],c);export{c as BvpByHand};