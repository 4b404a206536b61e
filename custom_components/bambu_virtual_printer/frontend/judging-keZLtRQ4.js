import{I as e,R as t,i as n}from"./shared-CeHzzviU.js";import"./text-dialog-DouXZrIO.js";var r=[`bed`,`spaghetti`,`clogged`,`filament`,`power`],i=class{constructor(e,t=()=>void 0){this.host=e,this.changed=t,this.asking=null,e.addController(this)}hostDisconnected(){this.asking=null}async good(e){this.hear(await e(`good`,``))}failed(e,t=`prints.failed`){this.ask({give:e,confirm:t})}offer(e){let t=e.verdict_reason,n=t?{text_key:`verdict_failed_because`,values:{reason:t}}:{text_key:`verdict_failed`,values:{}};this.ask({job_id:e.id,message:{text_key:`reprint_offered`,values:{verdict:n}}})}of(e){let{app:t}=this.host;return(n,r)=>t.attempt(t.api.judge(e.id,n,r))}ask(e){this.asking=e,this.host.requestUpdate()}hear(e){let{app:t}=this.host;e&&!e.accepted?t.toast(t.say(e.message)):e?.reprint===`offered`&&this.ask(e),e&&this.changed()}async reprint({job_id:e,print_id:t},n){this.ask(null);let{app:r}=this.host,i=await r.attempt(r.api.reprint(e,n,t));i&&(r.toast(r.say(i.message)),this.changed())}render(){let{asking:n}=this,{app:i}=this.host,a=()=>this.ask(null);return n?`give`in n?t`<bvp-text-dialog
.app=${i}
.heading=${i.t(`printers.failed_heading`)}
.label=${i.t(`printers.failed_why`)}
.suggestions=${r.map(e=>i.t(`queue.reason_${e}`))}
.confirm=${i.t(n.confirm)}
@done=${e=>{a(),n.give(`failed`,e.detail).then(e=>this.hear(e))}}
@closed=${a}
></bvp-text-dialog>`:t`<bvp-text-dialog
.app=${i}
.heading=${i.t(`printers.again_heading`)}
.question=${i.say(n.message)}
.confirm=${i.t(`printers.again_confirm`)}
.refuse=${i.t(`prints.not_again`)}
@done=${()=>void this.reprint(n,!0)}
@refused=${()=>void this.reprint(n,!1)}
@closed=${a}
></bvp-text-dialog>`:e}};function a(e){return([`completed`,`failed`].includes(e.state)||e.copies_printed>0)&&!e.verdict&&n(`work`,[e])}function o(e){return e.reprint===`offered`&&n(`decide`,[e])}export{o as i,i as n,a as r,r as t};