import{M as e,N as t,X as n,at as r,j as i,p as a,st as o,t as s,ut as c,v as l}from"./shared-CThElaYT.js";import{w as u}from"./parts-BXICXrGM.js";var d=2e3,f=class extends s{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[a,u,c`
bvp-picture{width:100%;aspect-ratio:16 / 9}`]}connectedCallback(){super.connectedCallback(),this.refreshing=setInterval(()=>this.moment=Date.now(),d)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.refreshing)}render(){let e=this.cameras.find(e=>e.id===this.chosen)??this.cameras[0],t=e?.picture.includes(`?`)?`&`:`?`;return o`<bvp-dialog
.app=${this.app}
.heading=${this.t(`archive.photo_camera`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${e?o`<bvp-picture
eager
.src=${`${e.picture}${t}moment=${this.moment}`}
.alt=${e.name}
></bvp-picture>
${this.cameras.length>1?o`<div class="field">
<label for="camera">${this.t(`archive.camera`)}</label>
<select
id="camera"
@change=${e=>this.chosen=e.target.value}
>
${this.cameras.map(t=>o`<option value=${t.id} ?selected=${t.id===e.id}>
${t.name}
</option>`)}
</select>
</div>`:o`<p>${e.name}</p>`}`:r}
<span slot="actions">
${n({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e?n({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:e.id}))}):r}
</span>
</bvp-dialog>`}};l([e({attribute:!1})],f.prototype,`cameras`,void 0),l([e()],f.prototype,`chosen`,void 0),l([i()],f.prototype,`moment`,void 0),f=l([t(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};