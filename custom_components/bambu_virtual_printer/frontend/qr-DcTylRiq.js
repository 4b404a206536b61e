import{Z as e,at as t,st as n}from"./shared-CThElaYT.js";import{t as r}from"./preload-helper-BQUUbbNx.js";var i=class{constructor(e){this.host=e,this.link=``,e.addController(this)}hostDisconnected(){this.link=``}show(e){r(()=>import(`./qr-dialog--rlj-zQ5.js`).then(()=>{this.link=location.origin+e,this.host.requestUpdate()}),[],import.meta.url)}item(e,t){return{label:e.t(`common.open_on_phone`),icon:`mdi:qrcode`,onClick:()=>this.show(t())}}button(t,r){return n`<button type="button" class="button plain" @click=${()=>this.show(r())}>
${e(`mdi:qrcode`)}<span>${t.t(`common.open_on_phone`)}</span>
</button>`}render(e){return this.link?n`<bvp-qr-dialog
.app=${e}
.link=${this.link}
@closed=${()=>{this.link=``,this.host.requestUpdate()}}
></bvp-qr-dialog>`:t}};export{i as t};