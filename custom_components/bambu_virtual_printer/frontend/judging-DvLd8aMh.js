import{B as e,H as t,i as n}from"./shared-BcSZPcl1.js";import"./text-dialog-Dv5XRQnr.js";var r=[`bed`,`spaghetti`,`clogged`,`filament`,`power`],i=class{constructor(e,t=()=>void 0){this.host=e,this.changed=t,this.asking=null,e.addController(this)}hostDisconnected(){this.asking=null}async good(e){this.hear(await e(`good`,``))}failed(e,t=`prints.failed`){this.ask({give:e,confirm:t})}failedAndAgain(e){this.ask({give:e,confirm:`prints.failed`,then:`decide`})}offer(e){this.ask({job_id:e.id,message:a(e.verdict_reason??``)})}of(e){let{app:t}=this.host;return(n,r)=>t.attempt(t.api.judge(e.id,n,r))}ask(e){this.asking=e,this.host.requestUpdate()}hear(e){let{app:t}=this.host;e&&!e.accepted?t.toast(t.say(e.message)):e?.reprint===`offered`&&this.ask(e),e&&this.changed()}async reprint({job_id:e,print_id:t},n){this.ask(null);let{app:r}=this.host,i=await r.attempt(r.api.reprint(e,n,t));i&&(r.toast(r.say(i.message)),this.changed())}async decide({give:e,reason:t},n){this.ask(null);let r=await e(`failed`,t,n);r&&this.host.app.toast(this.host.app.say(r.message)),this.hear(r&&{...r,accepted:!0})}render(){let{asking:n}=this,{app:i}=this.host,o=()=>this.ask(null);if(!n)return e;if(`confirm`in n)return t`<bvp-text-dialog
.app=${i}
.heading=${i.t(`printers.failed_heading`)}
.label=${i.t(`printers.failed_why`)}
.suggestions=${r.map(e=>i.t(`queue.reason_${e}`))}
.confirm=${i.t(n.confirm)}
@done=${e=>{let{give:t,then:r}=n,i=e.detail;if(r)return this.ask({give:t,reason:i,message:a(i)});o(),t(`failed`,i).then(e=>this.hear(e))}}
@closed=${o}
></bvp-text-dialog>`;let s=e=>void(`give`in n?this.decide(n,e):this.reprint(n,e));return t`<bvp-text-dialog
.app=${i}
.heading=${i.t(`printers.again_heading`)}
.question=${i.say(n.message)}
.confirm=${i.t(`printers.again_confirm`)}
.refuse=${i.t(`prints.not_again`)}
@done=${()=>s(!0)}
@refused=${()=>s(!1)}
@closed=${o}
></bvp-text-dialog>`}};function a(e){return{text_key:`reprint_offered`,values:{verdict:e?{text_key:`verdict_failed_because`,values:{reason:e}}:{text_key:`verdict_failed`,values:{}}}}}function o(e){return([`completed`,`failed`].includes(e.state)||e.copies_printed>0)&&!e.verdict&&n(`work`,[e])}function s(e){return e.reprint===`offered`&&n(`decide`,[e])}export{s as i,i as n,o as r,r as t};