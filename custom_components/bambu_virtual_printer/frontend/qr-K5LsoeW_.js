import{B as e,H as t,M as n}from"./shared-BcSZPcl1.js";import{t as r}from"./preload-helper-BQUUbbNx.js";var i=class{constructor(e){this.host=e,this.link=``,e.addController(this)}hostDisconnected(){this.link=``}show(e){r(()=>import(`./qr-dialog-DiNfCL3a.js`).then(()=>{this.link=location.origin+e,this.host.requestUpdate()}),[],import.meta.url)}item(e,t){return{label:e.t(`common.open_on_phone`),icon:`mdi:qrcode`,onClick:()=>this.show(t())}}button(e,r){return t`<button type="button" class="button plain" @click=${()=>this.show(r())}>
${n(`mdi:qrcode`)}<span>${e.t(`common.open_on_phone`)}</span>
</button>`}render(n){return this.link?t`<bvp-qr-dialog
.app=${n}
.link=${this.link}
@closed=${()=>{this.link=``,this.host.requestUpdate()}}
></bvp-qr-dialog>`:e}};export{i as t};