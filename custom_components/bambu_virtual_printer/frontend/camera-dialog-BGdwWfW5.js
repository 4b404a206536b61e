import{M as e,N as t,Q as n,U as r,et as i,j as a,p as o,rt as s,t as c,v as l}from"./shared-D2VniSZ6.js";import{b as u}from"./parts-CsQ9xMwF.js";var d=2e3,f=class extends c{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[o,u,s`
bvp-picture{width:100%;aspect-ratio:16 / 9}`]}connectedCallback(){super.connectedCallback(),this.refreshing=setInterval(()=>this.moment=Date.now(),d)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.refreshing)}render(){let e=this.cameras.find(e=>e.id===this.chosen)??this.cameras[0],t=e?.picture.includes(`?`)?`&`:`?`;return i`<bvp-dialog
.app=${this.app}
.heading=${this.t(`archive.photo_camera`)}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${e?i`<bvp-picture
eager
.src=${`${e.picture}${t}moment=${this.moment}`}
.alt=${e.name}
></bvp-picture>
${this.cameras.length>1?i`<div class="field">
<label for="camera">${this.t(`archive.camera`)}</label>
<select
id="camera"
@change=${e=>this.chosen=e.target.value}
>
${this.cameras.map(t=>i`<option value=${t.id} ?selected=${t.id===e.id}>
${t.name}
</option>`)}
</select>
</div>`:i`<p>${e.name}</p>`}`:n}
<span slot="actions">
${r({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e?r({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:e.id}))}):n}
</span>
</bvp-dialog>`}};l([e({attribute:!1})],f.prototype,`cameras`,void 0),l([e()],f.prototype,`chosen`,void 0),l([a()],f.prototype,`moment`,void 0),f=l([t(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};