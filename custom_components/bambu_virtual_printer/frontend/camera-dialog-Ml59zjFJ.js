import{A as e,B as t,D as n,E as r,O as i,R as a,U as o,d as s,g as c}from"./shared-2mn8ZwXE.js";import"./dialog-BQdrqV2r.js";import{t as l}from"./element-DJxxFH7X.js";import{t as u}from"./form-BwL4z9H8.js";var d=2e3,f=class extends l{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[s,u,o`
bvp-picture{width: 100%;aspect-ratio: 16 / 9;}`]}connectedCallback(){super.connectedCallback(),this.refreshing=setInterval(()=>this.moment=Date.now(),d)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.refreshing)}render(){let n=this.cameras.find(e=>e.id===this.chosen)??this.cameras[0],r=n?.picture.includes(`?`)?`&`:`?`;return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`archive.photo_camera`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${n?t`<bvp-picture
eager
.src=${`${n.picture}${r}moment=${this.moment}`}
.alt=${n.name}
></bvp-picture>
${this.cameras.length>1?t`<div class="field">
<label for="camera">${this.t(`archive.camera`)}</label>
<select
id="camera"
@change=${e=>this.chosen=e.target.value}
>
${this.cameras.map(e=>t`<option value=${e.id} ?selected=${e.id===n.id}>
${e.name}
</option>`)}
</select>
</div>`:t`<p>${n.name}</p>`}`:a}
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${n?e({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:n.id}))}):a}
</span>
</bvp-dialog>`}};c([n({attribute:!1})],f.prototype,`cameras`,void 0),c([n()],f.prototype,`chosen`,void 0),c([r()],f.prototype,`moment`,void 0),f=c([i(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};