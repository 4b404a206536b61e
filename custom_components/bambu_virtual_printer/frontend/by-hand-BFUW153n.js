import{B as e,G as t,H as n,O as r,g as i,k as a}from"./shared-BcSZPcl1.js";import{t as o}from"./element-cwS2XI8r.js";import"./menu-BNINHhTx.js";import{n as s}from"./queue-copy-DehRzYlV.js";var c=class extends o{constructor(...e){super(...e),this.disabled=!1}static{this.styles=t`
:host{display:contents}`}render(){let{app:t,job:r}=this,i=s(t,[r]);return!r.download&&!i.length?e:n`<bvp-menu
.app=${t}
.label=${this.t(`queue.more`,{name:r.name})}
.items=${[r.download!==null&&{label:this.t(`queue.download`),icon:`mdi:download`,href:r.download,download:!0},i.length>0&&{label:this.t(`queue.copy_to`),icon:`mdi:sd`,disabled:this.disabled||!!r.copying,items:i}]}
></bvp-menu>`}};i([r({attribute:!1})],c.prototype,`job`,void 0),i([r({type:Boolean})],c.prototype,`disabled`,void 0),c=i([a(`bvp-by-hand`)],c);export{c as BvpByHand};