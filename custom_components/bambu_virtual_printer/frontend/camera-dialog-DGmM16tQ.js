import{M as e,N as t,O as n,P as r,Z as i,ct as a,dt as o,ot as s,p as c,t as l}from"./shared-DPcjTYk3.js";import{w as u}from"./parts-Cz-8z18p.js";var d=2e3,f=class extends l{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[c,u,o`
bvp-picture{width:100%;aspect-ratio:16 / 9}`]}connectedCallback(){super.connectedCallback(),this.refreshing=setInterval(()=>this.moment=Date.now(),d)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.refreshing)}render(){let e=this.cameras.find(e=>e.id===this.chosen)??this.cameras[0],t=e?.picture.includes(`?`)?`&`:`?`;return a`<bvp-dialog
.app=${this.app}
.heading=${this.t(`archive.photo_camera`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${e?a`<bvp-picture
eager
.src=${`${e.picture}${t}moment=${this.moment}`}
.alt=${e.name}
></bvp-picture>
${this.cameras.length>1?a`<div class="field">
<label for="camera">${this.t(`archive.camera`)}</label>
<select
id="camera"
@change=${e=>this.chosen=e.target.value}
>
${this.cameras.map(t=>a`<option value=${t.id} ?selected=${t.id===e.id}>
${t.name}
</option>`)}
</select>
</div>`:a`<p>${e.name}</p>`}`:s}
<span slot="actions">
${i({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e?i({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:e.id}))}):s}
</span>
</bvp-dialog>`}};n([t({attribute:!1})],f.prototype,`cameras`,void 0),n([t()],f.prototype,`chosen`,void 0),n([e()],f.prototype,`moment`,void 0),f=n([r(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};