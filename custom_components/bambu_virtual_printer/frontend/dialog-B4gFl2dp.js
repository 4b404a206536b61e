import{D as e,M as t,O as n,T as r,V as i,W as a,d as o,g as s,z as c}from"./shared-Cf59A094.js";import{t as l}from"./element-D7VthzkS.js";var u=class extends l{constructor(...e){super(...e),this.heading=``}static{this.styles=[o,a`
dialog{display: flex;flex-direction: column;width: min(var(--bvp-dialog-width,560px),calc(100vw - 32px));max-height: calc(100dvh - 64px);padding: 0;border: 0;border-radius: var(--ha-dialog-border-radius,24px);background: var(--ha-dialog-surface-background,var(--card-background-color));color: var(--primary-text-color);box-shadow: var(--ha-box-shadow-l,0 8px 32px rgb(0 0 0 / 40%));}dialog::backdrop{background: var(--ha-dialog-scrim-color,rgb(0 0 0 / 32%));}header{display: flex;align-items: center;gap: 8px;padding: 12px 12px 4px;padding-inline-start: 24px;}h2{flex: 1;min-width: 0;overflow-wrap: anywhere;font-size: var(--ha-font-size-xl,20px);font-weight: var(--ha-font-weight-normal,400);}.content{flex: 1;overflow: auto;padding: 8px 24px;}footer{display: flex;flex-wrap: wrap;justify-content: flex-end;gap: 8px;padding: 12px 24px 20px;}::slotted([slot="actions"]){display: flex;flex-wrap: wrap;align-items: center;justify-content: flex-end;gap: 8px;}@media (max-width: 600px){dialog{width: 100vw;max-width: 100vw;max-height: 92dvh;margin: auto 0 0;border-radius: var(--ha-dialog-border-radius,24px) var(--ha-dialog-border-radius,24px) 0 0;}.content{padding: 8px 16px;}footer{padding: 12px 16px calc(16px + var(--safe-area-inset-bottom,env(safe-area-inset-bottom,0px)));}}`]}firstUpdated(){this.dialog.showModal()}close(){this.dispatchEvent(new CustomEvent(`closed`))}onClick(e){if(e.target!==this.dialog)return;let t=this.dialog.getBoundingClientRect();e.clientX>=t.left&&e.clientX<=t.right&&e.clientY>=t.top&&e.clientY<=t.bottom||this.close()}render(){return i`<dialog
aria-labelledby="heading"
@cancel=${e=>{e.preventDefault(),this.close()}}
@click=${this.onClick}
@keydown=${e=>e.stopPropagation()}
>
<header>
<h2 id="heading">${this.heading||c}</h2>
${t({label:this.t(`common.close`),icon:`mdi:close`,onClick:()=>this.close()})}
</header>
<div class="content" tabindex="0"><slot></slot></div>
<footer><slot name="actions"></slot></footer>
</dialog>`}};s([e()],u.prototype,`heading`,void 0),s([r(`dialog`)],u.prototype,`dialog`,void 0),u=s([n(`bvp-dialog`)],u);