import{D as e,E as t,I as n,R as r,T as i,V as a,d as o,g as s,k as c}from"./shared-CeHzzviU.js";import"./dialog-6TNk3NxZ.js";import{t as l}from"./element-B0sNSmuN.js";import{t as u}from"./form-Ci7p7Sbm.js";var d=2e3,f=class extends l{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[o,u,a`
bvp-picture{width: 100%;aspect-ratio: 16 / 9;}`]}connectedCallback(){super.connectedCallback(),this.refreshing=setInterval(()=>this.moment=Date.now(),d)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.refreshing)}render(){let e=this.cameras.find(e=>e.id===this.chosen)??this.cameras[0],t=e?.picture.includes(`?`)?`&`:`?`;return r`<bvp-dialog
.app=${this.app}
.heading=${this.t(`archive.photo_camera`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${e?r`<bvp-picture
eager
.src=${`${e.picture}${t}moment=${this.moment}`}
.alt=${e.name}
></bvp-picture>
${this.cameras.length>1?r`<div class="field">
<label for="camera">${this.t(`archive.camera`)}</label>
<select
id="camera"
@change=${e=>this.chosen=e.target.value}
>
${this.cameras.map(t=>r`<option value=${t.id} ?selected=${t.id===e.id}>
${t.name}
</option>`)}
</select>
</div>`:r`<p>${e.name}</p>`}`:n}
<span slot="actions">
${c({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e?c({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:e.id}))}):n}
</span>
</bvp-dialog>`}};s([t({attribute:!1})],f.prototype,`cameras`,void 0),s([t()],f.prototype,`chosen`,void 0),s([i()],f.prototype,`moment`,void 0),f=s([e(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};