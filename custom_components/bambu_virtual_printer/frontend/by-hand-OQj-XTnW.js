import{N as e,O as t,P as n,ct as r,dt as i,ot as a,t as o}from"./shared-DPcjTYk3.js";import"./parts-Cz-8z18p.js";import{n as s}from"./queue-copy-BUmjZwim.js";var c=class extends o{constructor(...e){super(...e),this.disabled=!1}static{this.styles=i`
:host{display:contents}`}render(){let{app:e,job:t}=this,n=s(e,[t]);return!t.download&&!n.length?a:r`<bvp-menu
.app=${e}
.label=${this.t(`queue.more`,{name:t.name})}
.items=${[t.download!==null&&{label:this.t(`queue.download`),icon:`mdi:download`,href:t.download,download:!0},n.length>0&&{label:this.t(`queue.copy_to`),icon:`mdi:sd`,disabled:this.disabled||!!t.copying,items:n}]}
></bvp-menu>`}};t([e({attribute:!1})],c.prototype,`job`,void 0),t([e({type:Boolean})],c.prototype,`disabled`,void 0),c=t([n(`bvp-by-hand`)],c);export{c as BvpByHand};