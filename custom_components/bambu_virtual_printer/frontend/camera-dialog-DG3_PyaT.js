import{M as e,N as t,P as n,Z as r,ct as i,dt as a,ot as o,p as s,t as c,v as l}from"./shared-BtzMd3S0.js";import{w as u}from"./parts-LSmttsBT.js";var d=2e3,f=class extends c{constructor(...e){super(...e),this.cameras=[],this.chosen=``,this.moment=Date.now()}static{this.styles=[s,u,a`
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
</div>`:i`<p>${e.name}</p>`}`:o}
<span slot="actions">
${r({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e?r({label:this.t(`archive.photo_take`),icon:`mdi:camera`,look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`taken`,{detail:e.id}))}):o}
</span>
</bvp-dialog>`}};l([t({attribute:!1})],f.prototype,`cameras`,void 0),l([t()],f.prototype,`chosen`,void 0),l([e()],f.prototype,`moment`,void 0),f=l([n(`bvp-camera-dialog`)],f);export{f as BvpCameraDialog};