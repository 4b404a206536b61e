import{Q as e,ct as t,ot as n}from"./shared-DPcjTYk3.js";import{t as r}from"./preload-helper-tnMd9Xij.js";var i=class{constructor(e){this.host=e,this.link=``,e.addController(this)}hostDisconnected(){this.link=``}show(e){r(()=>import(`./qr-dialog-D0goOTFE.js`).then(()=>{this.link=location.origin+e,this.host.requestUpdate()}),[],import.meta.url)}item(e,t){return{label:e.t(`common.open_on_phone`),icon:`mdi:qrcode`,onClick:()=>this.show(t())}}button(n,r){return t`<button type="button" class="button plain" @click=${()=>this.show(r())}>
${e(`mdi:qrcode`)}<span>${n.t(`common.open_on_phone`)}</span>
</button>`}render(e){return this.link?t`<bvp-qr-dialog
.app=${e}
.link=${this.link}
@closed=${()=>{this.link=``,this.host.requestUpdate()}}
></bvp-qr-dialog>`:n}};export{i as t};