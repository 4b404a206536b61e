import{V as e,j as t,z as n}from"./shared-D5oqGH8r.js";import{t as r}from"./preload-helper-BQUUbbNx.js";var i=class{constructor(e){this.host=e,this.link=``,e.addController(this)}hostDisconnected(){this.link=``}show(e){r(()=>import(`./qr-dialog-CHu2ra1c.js`).then(()=>{this.link=location.origin+e,this.host.requestUpdate()}),[],import.meta.url)}item(e,t){return{label:e.t(`common.open_on_phone`),icon:`mdi:qrcode`,onClick:()=>this.show(t())}}button(n,r){return e`<button type="button" class="button plain" @click=${()=>this.show(r())}>
${t(`mdi:qrcode`)}<span>${n.t(`common.open_on_phone`)}</span>
</button>`}render(t){return this.link?e`<bvp-qr-dialog
.app=${t}
.link=${this.link}
@closed=${()=>{this.link=``,this.host.requestUpdate()}}
></bvp-qr-dialog>`:n}};export{i as t};