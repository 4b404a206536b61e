import{A as e,D as t,E as n,O as r,V as i,W as a,d as o,g as s,z as c}from"./shared-D5oqGH8r.js";import"./dialog-BezS413Q.js";import{t as l}from"./element-CmKutrvi.js";import{t as u}from"./form-BO8n8oQo.js";var d=2e3,f=class extends l{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[o,u,a`
bvp-picture{width: 100%;aspect-ratio: 16 / 9;}`]}connectedCallback(){super.connectedCallback(),this.refreshing=setInterval(()=>this.moment=Date.now(),d)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.refreshing)}render(){let t=this.cameras.find(e=>e.id===this.chosen)??this.cameras[0],n=t?.picture.includes(`?`)?`&`:`?`;return i`<bvp-dialog
.app=${this.app}
.heading=${this.t(`archive.photo_camera`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${t?i`<bvp-picture
eager
.src=${`${t.picture}${n}moment=${this.moment}`}
.alt=${t.name}
></bvp-picture>
${this.cameras.length>1?i`<div class="field">
<label for="camera">${this.t(`archive.camera`)}</label>
<select
id="camera"
@change=${e=>this.chosen=e.target.value}
>
${this.cameras.map(e=>i`<option value=${e.id} ?selected=${e.id===t.id}>
${e.name}
</option>`)}
</select>
</div>`:i`<p>${t.name}</p>`}`:c}
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${t?e({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:t.id}))}):c}
</span>
</bvp-dialog>`}};s([t({attribute:!1})],f.prototype,`cameras`,void 0),s([t()],f.prototype,`chosen`,void 0),s([n()],f.prototype,`moment`,void 0),f=s([r(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};