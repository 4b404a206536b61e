import{t as e}from"./preload-helper-BQUUbbNx.js";import{f as t,n,r,u as i}from"./ha-Bk7M2UNj.js";import{t as a}from"./custom-element-DfQM5z2l.js";import{i as o,n as s,r as c,t as l}from"./styles-B4wwyW3R.js";import{t as u}from"./element-C3LT5yG6.js";import"./dialog-CtRm4UJF.js";import{t as d}from"./form-DEJ5fJue.js";var f=class extends u{constructor(...e){super(...e),this.heading=``,this.question=``,this.label=``,this.confirm=``,this.danger=!1,this.suggestions=[],this.text=``}static{this.styles=[l,d]}firstUpdated(){this.label&&!this.suggestions.length&&requestAnimationFrame(()=>this.renderRoot.querySelector(`textarea`)?.focus())}done(e){this.dispatchEvent(new CustomEvent(`done`,{detail:e}))}render(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.heading}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.question?t`<p>${this.question}</p>`:i}
${this.suggestions.length?t`<div class="chips field">
${this.suggestions.map(e=>t`<button type="button" class="choose" @click=${()=>this.done(e)}>
${e}
</button>`)}
</div>`:i}
${this.label?t`<div class="field">
<label for="text">${this.label}</label>
<textarea
id="text"
rows="2"
.value=${this.text}
@input=${e=>this.text=e.target.value}
></textarea>
</div>`:i}
<span slot="actions">
${n({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${n({label:this.confirm,look:this.danger?`danger`:`primary`,onClick:()=>this.done(this.text.trim())})}
</span>
</bvp-dialog>`}};s([o()],f.prototype,`heading`,void 0),s([o()],f.prototype,`question`,void 0),s([o()],f.prototype,`label`,void 0),s([o()],f.prototype,`confirm`,void 0),s([o({type:Boolean})],f.prototype,`danger`,void 0),s([o({attribute:!1})],f.prototype,`suggestions`,void 0),s([c()],f.prototype,`text`,void 0),f=s([a(`bvp-text-dialog`)],f);var p=class{constructor(e){this.host=e,this.link=``,e.addController(this)}hostDisconnected(){this.link=``}show(t){e(()=>import(`./qr-dialog-C88lcH-p.js`).then(()=>{this.link=location.origin+t,this.host.requestUpdate()}),[],import.meta.url)}item(e,t){return{label:e.t(`common.open_on_phone`),icon:`mdi:qrcode`,onClick:()=>this.show(t())}}button(e,n){return t`<button type="button" class="button plain" @click=${()=>this.show(n())}>
${r(`mdi:qrcode`)}<span>${e.t(`common.open_on_phone`)}</span>
</button>`}render(e){return this.link?t`<bvp-qr-dialog
.app=${e}
.link=${this.link}
@closed=${()=>{this.link=``,this.host.requestUpdate()}}
></bvp-qr-dialog>`:i}};export{p as t};