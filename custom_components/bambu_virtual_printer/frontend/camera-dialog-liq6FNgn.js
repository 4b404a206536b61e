import{B as e,D as t,G as n,H as r,O as i,d as a,g as o,j as s,k as c}from"./shared-BcSZPcl1.js";import"./dialog-DXFMQhgU.js";import{t as l}from"./element-cwS2XI8r.js";import{t as u}from"./form-D97BTJLp.js";var d=2e3,f=class extends l{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[a,u,n`
bvp-picture{width:100%;aspect-ratio:16 / 9}`]}connectedCallback(){super.connectedCallback(),this.refreshing=setInterval(()=>this.moment=Date.now(),d)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.refreshing)}render(){let t=this.cameras.find(e=>e.id===this.chosen)??this.cameras[0],n=t?.picture.includes(`?`)?`&`:`?`;return r`<bvp-dialog
.app=${this.app}
.heading=${this.t(`archive.photo_camera`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${t?r`<bvp-picture
eager
.src=${`${t.picture}${n}moment=${this.moment}`}
.alt=${t.name}
></bvp-picture>
${this.cameras.length>1?r`<div class="field">
<label for="camera">${this.t(`archive.camera`)}</label>
<select
id="camera"
@change=${e=>this.chosen=e.target.value}
>
${this.cameras.map(e=>r`<option value=${e.id} ?selected=${e.id===t.id}>
${e.name}
</option>`)}
</select>
</div>`:r`<p>${t.name}</p>`}`:e}
<span slot="actions">
${s({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${t?s({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:t.id}))}):e}
</span>
</bvp-dialog>`}};o([i({attribute:!1})],f.prototype,`cameras`,void 0),o([i()],f.prototype,`chosen`,void 0),o([t()],f.prototype,`moment`,void 0),f=o([c(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};