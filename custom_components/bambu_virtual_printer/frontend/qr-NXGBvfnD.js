import{Q as e,W as t,et as n}from"./shared-D2VniSZ6.js";import{t as r}from"./preload-helper-BQUUbbNx.js";var i=class{constructor(e){this.host=e,this.link=``,e.addController(this)}hostDisconnected(){this.link=``}show(e){r(()=>import(`./qr-dialog-CtuVcKdA.js`).then(()=>{this.link=location.origin+e,this.host.requestUpdate()}),[],import.meta.url)}item(e,t){return{label:e.t(`common.open_on_phone`),icon:`mdi:qrcode`,onClick:()=>this.show(t())}}button(e,r){return n`<button type="button" class="button plain" @click=${()=>this.show(r())}>
${t(`mdi:qrcode`)}<span>${e.t(`common.open_on_phone`)}</span>
</button>`}render(t){return this.link?n`<bvp-qr-dialog
.app=${t}
.link=${this.link}
@closed=${()=>{this.link=``,this.host.requestUpdate()}}
></bvp-qr-dialog>`:e}};export{i as t};