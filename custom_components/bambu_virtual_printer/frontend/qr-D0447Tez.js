import{B as e,R as t,j as n}from"./shared-2mn8ZwXE.js";import{t as r}from"./preload-helper-BQUUbbNx.js";var i=class{constructor(e){this.host=e,this.link=``,e.addController(this)}hostDisconnected(){this.link=``}show(e){r(()=>import(`./qr-dialog-CNImmSpl.js`).then(()=>{this.link=location.origin+e,this.host.requestUpdate()}),[],import.meta.url)}item(e,t){return{label:e.t(`common.open_on_phone`),icon:`mdi:qrcode`,onClick:()=>this.show(t())}}button(t,r){return e`<button type="button" class="button plain" @click=${()=>this.show(r())}>
${n(`mdi:qrcode`)}<span>${t.t(`common.open_on_phone`)}</span>
</button>`}render(n){return this.link?e`<bvp-qr-dialog
.app=${n}
.link=${this.link}
@closed=${()=>{this.link=``,this.host.requestUpdate()}}
></bvp-qr-dialog>`:t}};export{i as t};